import type { FaultResult } from '../domain/fault.js';
import type { RunResult } from '../domain/run-result.js';
import { formatMicros, plural } from './format.js';
import { hang, wrapWords } from './layout.js';
import { mark } from './marks.js';
import type { Style } from './style.js';

/** One line for each fault that was injected: whether it struck, when, and what came of it. */
export function faultLines(run: RunResult, { colours, width }: Style): string[] {
  return run.faults.flatMap((fault) =>
    hang(`${mark(fault.struck, colours)} `, wrapWords(describeFault(fault, run), width - 2)),
  );
}

function describeFault({ kind, startMs, detail, left }: FaultResult, { repairs }: RunResult): string {
  const parts = [
    ...(left.orphans > 0 ? [plural(left.orphans, 'orphan')] : []),
    ...(left.uncompleted > 0 ? [plural(left.uncompleted, 'batch', 'batches') + ' without completion'] : []),
  ];
  const repaired = repairs.orphans + repairs.completions > 0 ? ', repaired by the next delivery' : '';
  const leaving = parts.length === 0 ? '' : `; left ${parts.join(' and ')}${repaired}`;
  return `fault ${kind} at ${formatMicros(startMs * 1_000)}: ${detail}${leaving}`;
}
