import type { OnRun } from '../app/run.js';
import { strategyLabel } from '../report/format.js';
import { printLine } from './console.js';
import type { OutputFlags } from './options.js';

/** A line on stderr before each run, unless `--quiet`. */
export function showProgress(flags: OutputFlags): OnRun {
  if (flags.quiet) return () => undefined;
  return (job, position, total) => {
    const strategy = strategyLabel({ strategy: job.strategy.name, advisoryLocks: job.advisoryLocks });
    const round = job.round > 1 ? ` · round ${job.round}` : '';
    printLine(`[${position + 1}/${total}] ${job.scenario.name} · ${strategy}${round} · seed ${job.seed}`);
  };
}
