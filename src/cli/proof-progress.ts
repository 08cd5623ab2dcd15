import cliProgress from 'cli-progress';
import type { ProofProgress } from '../app/prove.js';
import { printLine } from './console.js';
import { canRedraw } from './load-display.js';
import type { OutputFlags } from './options.js';

/** Shows how a proof goes on. */
export interface ProofDisplay {
  readonly show: (progress: ProofProgress) => void;
  readonly end: () => void;
}

const FORMAT = '{bar} {value}/{total} schedules known · {configuration}';

/** A bar on a terminal, else a line for each configuration; nothing with `--quiet`. */
export function proofProgress({ quiet }: OutputFlags): ProofDisplay {
  if (quiet) return { show: () => undefined, end: () => undefined };
  return canRedraw(process.stderr, process.env) ? bar() : lines();
}

/** What is left is known only as the schedules branch: the total grows. */
function bar(): ProofDisplay {
  const shown = new cliProgress.SingleBar(
    { format: FORMAT, clearOnComplete: true, hideCursor: true, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  shown.start(1, 0, { configuration: '' });
  return {
    show: ({ schedules, left, configuration, position, total }) => {
      shown.setTotal(schedules + left);
      shown.update(schedules, { configuration: `[${position + 1}/${total}] ${configuration}` });
    },
    end: () => shown.stop(),
  };
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
