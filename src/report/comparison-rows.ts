import { groupRows, type Row, type Runs } from '../domain/rows.js';
import type { Comparison, RunResult } from '../domain/run-result.js';
import { plural } from './format.js';
import { measuredRuns } from './row-figures.js';
import { arrivalParts } from './open-loop.js';
import { successes } from './success.js';

/** What the order of strategies follows; undefined where none are compared. */
export type Order = Pick<Comparison, 'baseline' | 'strategies'> | undefined;

/** The rows of one scenario: the baseline first, then strategies as they were named, each without locks before with. */
export function rowsOf(runs: readonly RunResult[], order: Order): Row[] {
  const rank = ({ strategy, advisoryLocks }: Row): number =>
    2 * (strategy === order?.baseline ? -1 : (order?.strategies ?? []).indexOf(strategy)) +
    Number(advisoryLocks);
  return groupRows(runs).sort((a, b) => rank(a) - rank(b));
}

/** What a scenario's rows have in common: its workers, how an open loop arrives, how many rounds its figures are of. */
export function headingParts(runs: Runs): string[] {
  const [{ workers, connections, plan }] = runs;
  const rounds = new Set(measuredRuns(runs).map((run) => run.round)).size;
  return [
    `${plural(workers, 'worker')} × ${plural(connections, 'connection')}`,
    ...(plan.arrival === 'open' ? arrivalParts(plan) : []),
    rounds === 1 ? '1 round' : `medians of ${rounds} rounds, success of the worst`,
  ];
}

/** The round whose successes are farthest from what was expected; of equal ones, that with the fewest successes. */
export function worstSuccess({ runs }: Row): RunResult {
  const deviation = (run: RunResult): number => Math.abs(run.expectedSuccesses - successes(run));
  return runs.reduce((worst, run) => {
    const difference = deviation(run) - deviation(worst) || successes(worst) - successes(run);
    return difference > 0 ? run : worst;
  });
}
