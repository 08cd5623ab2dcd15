import type { ProofProgress } from '../app/prove.js';
import { printLine } from './console.js';
import { canRedraw } from './load-display.js';
import type { OutputFlags } from './options.js';
import { Region } from './region.js';

/** Shows how a proof goes on. */
export interface ProofDisplay {
  readonly show: (progress: ProofProgress) => void;
  readonly end: () => void;
}

const BAR_COLUMNS = 40;
const REDRAWN_AFTER_MS = 100;

/** A bar on a terminal, else a line for each configuration; nothing with `--quiet`. */
export function proofProgress({ quiet }: OutputFlags): ProofDisplay {
  if (quiet) return { show: () => undefined, end: () => undefined };
  return canRedraw(process.stderr, process.env) ? bar() : lines();
}

function bar(): ProofDisplay {
  const region = new Region(process.stderr);
  let drawnAt = -Infinity;
  return {
    show: (progress) => {
      if (performance.now() - drawnAt < REDRAWN_AFTER_MS) return;
      drawnAt = performance.now();
      region.draw([barLine(progress)]);
    },
    end: () => region.clear(),
  };
}

/** What is left is known only as the schedules branch: the total grows. */
function barLine({ schedules, left, configuration, position, total }: ProofProgress): string {
  const known = schedules + left;
  const full = Math.round((BAR_COLUMNS * schedules) / Math.max(1, known));
  const filled = '█'.repeat(full) + '░'.repeat(BAR_COLUMNS - full);
  return `${filled} ${schedules}/${known} schedules known · [${position + 1}/${total}] ${configuration}`;
}

function lines(): ProofDisplay {
  let last = -1;
  return {
    show: ({ position, total, configuration }) => {
      if (position === last) return;
      last = position;
      printLine(`[${position + 1}/${total}] ${configuration}`);
    },
    end: () => undefined,
  };
}
