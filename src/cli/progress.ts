import type { OnRun, RunControl } from '../app/runs-to-report.js';
import { strategyLabel } from '../domain/rows.js';
import type { SweptParameter } from '../domain/sweep.js';
import { printLine } from './console.js';
import { loadDisplay } from './load-display.js';
import type { OutputFlags } from './options.js';

/**
 * A line on stderr before each run and a view of its load, unless `--quiet`.
 *
 * @param swept the parameter by which the runs of a sweep differ
 */
export function showProgress(
  flags: OutputFlags,
  swept?: SweptParameter,
): Pick<RunControl, 'onRun' | 'display'> {
  if (flags.quiet) return { onRun: () => undefined };
  return { onRun: (...run) => printLine(runLine(swept, ...run)), display: loadDisplay() };
}

function runLine(swept: SweptParameter | undefined, ...[job, position, total]: Parameters<OnRun>): string {
  const strategy = strategyLabel({ strategy: job.target.name, advisoryLocks: job.target.advisoryLocks });
  const round = job.round > 1 ? ` · round ${job.round}` : '';
  const step = swept === undefined ? '' : ` · ${swept} ${String(job.scenario[swept])}`;
  return `[${position + 1}/${total}] ${job.scenario.name} · ${strategy}${round}${step} · seed ${job.seed}`;
}
