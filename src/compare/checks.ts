import type { ComparisonCheck, RunResult } from '../domain/run-result.js';
import { ratioOf } from './metrics.js';
import { groupRows, pairRounds, type Pair, type Row } from './rows.js';

const SCENARIO = 'sustained';
/** "Meets" leaves 5 % for the noise of a shared machine. */
const TOLERATED = 0.95;
const NAME = `inventory.throughput >= ${TOLERATED} * cte.throughput (${SCENARIO})`;

/**
 * The requirement's "Option B meets or beats Option A", on the scenario `sustained`: `inventory` against `cte` under
 * equal advisory locks (off, where both ran so). No check where the two did not both run.
 */
export function compareChecks(runs: readonly RunResult[]): ComparisonCheck[] {
  const rows = comparableRows(runs);
  return rows === undefined ? [] : [{ name: NAME, ...judge(...rows) }];
}

function comparableRows(runs: readonly RunResult[]): [inventory: Row, cte: Row] | undefined {
  const rows = groupRows(runs.filter((run) => run.scenario === SCENARIO));
  for (const advisoryLocks of [false, true]) {
    const inventory = rows.find((row) => row.strategy === 'inventory' && row.advisoryLocks === advisoryLocks);
    const cte = rows.find((row) => row.strategy === 'cte' && row.advisoryLocks === advisoryLocks);
    if (inventory !== undefined && cte !== undefined) {
      return [inventory, cte];
    }
  }
  return undefined;
}

function judge(inventory: Row, cte: Row): Omit<ComparisonCheck, 'name'> {
  const unusable = [...inventory.runs, ...cte.runs].find((run) => run.verdict !== 'valid');
  if (unusable !== undefined) {
    return { result: 'failed', observed: reason(unusable) };
  }
  const pairs = pairRounds(inventory, cte);
  const measured = ratioOf('throughput', pairs);
  if (measured === undefined) {
    return { result: 'inconclusive', observed: 'no throughput was measured in rounds that both ran' };
  }
  return {
    result: measured.ratio >= TOLERATED ? 'passed' : 'failed',
    observed: `${roundDown(measured.ratio)} (${countRounds(pairs)})`,
  };
}

function reason(run: RunResult): string {
  const where = `round ${run.round} of ${run.strategy} is ${run.verdict}`;
  return run.notes[0] === undefined ? where : `${where}: ${run.notes[0]}`;
}

/** Two digits, cut off: a ratio just under the limit must not be shown as the limit. */
function roundDown(ratio: number): string {
  return (Math.floor(ratio * 100 + 1e-9) / 100).toFixed(2);
}

function countRounds(pairs: readonly Pair[]): string {
  return pairs.length === 1 ? '1 round' : `median of ${pairs.length} rounds`;
}
