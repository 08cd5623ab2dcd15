import type { OnRun } from '../app/run.js';
import type { SweptParameter } from '../domain/sweep.js';
import { strategyLabel } from '../report/format.js';
import { printLine } from './console.js';
import type { OutputFlags } from './options.js';

/**
 * A line on stderr before each run, unless `--quiet`.
 *
 * @param swept the parameter by which the runs of a sweep differ
 */
export function showProgress(flags: OutputFlags, swept?: SweptParameter): OnRun {
  if (flags.quiet) return () => undefined;
  return (job, position, total) => {
    const strategy = strategyLabel({ strategy: job.strategy.name, advisoryLocks: job.advisoryLocks });
    const round = job.round > 1 ? ` · round ${job.round}` : '';
    const step = swept === undefined ? '' : ` · ${swept} ${job.scenario[swept]}`;
    printLine(
      `[${position + 1}/${total}] ${job.scenario.name} · ${strategy}${round}${step} · seed ${job.seed}`,
    );
  };
}
