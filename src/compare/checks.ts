import { groupRows, type Row } from '../domain/rows.js';
import type { ComparisonCheck, RunResult } from '../domain/run-result.js';
import { CHECK_LEVEL, ROUNDS_TO_CHECK } from './levels.js';
import { decideByMargin, decideByVerdicts, TOLERATED, type Decision } from './margin.js';
import { logRatios, ratioOf, type MetricRatio } from './metrics.js';
import { pairRounds } from './rows.js';
import { flipSigns, pAbove, pBelow } from './sign-flips.js';
import { describeRatio, roundsText } from './wording.js';

const SCENARIO = 'sustained';
const NAME = `inventory.throughput >= ${TOLERATED} * cte.throughput (${SCENARIO})`;

/**
 * The requirement's "Option B meets or beats Option A", on the scenario `sustained`: `inventory` against `cte` under
 * equal advisory locks (off, where both ran so). No check where the two did not both run, nor of an open loop: its
 * schedule sets the throughput.
 *
 * It is a test of non-inferiority (E. Walker and A. S. Nowacki, "Understanding Equivalence and Noninferiority
 * Testing", Journal of General Internal Medicine 26 (2011), 192–196) and of its opposite: passed when a ratio above the
 * margin is proven, failed when one below it is, else inconclusive. At most one of the two can be false, so each is
 * made at the whole level.
 */
export function compareChecks(runs: readonly RunResult[]): ComparisonCheck[] {
  const rows = comparableRows(runs);
  return rows === undefined ? [] : [{ name: NAME, ...judge(...rows) }];
}

function comparableRows(runs: readonly RunResult[]): [inventory: Row, cte: Row] | undefined {
  const rows = groupRows(runs.filter((run) => run.scenario === SCENARIO && run.plan.arrival !== 'open'));
  for (const advisoryLocks of [false, true]) {
    const inventory = rows.find((row) => row.strategy === 'inventory' && row.advisoryLocks === advisoryLocks);
    const cte = rows.find((row) => row.strategy === 'cte' && row.advisoryLocks === advisoryLocks);
    if (inventory !== undefined && cte !== undefined) {
      return [inventory, cte];
    }
  }
  return undefined;
}

function judge(inventory: Row, cte: Row): Decision {
  const decided = decideByVerdicts([...inventory.runs, ...cte.runs]);
  if (decided !== undefined) return decided;
  const pairs = pairRounds(inventory, cte);
  const measured = ratioOf('throughput', pairs);
  const differences = logRatios('throughput', pairs);
  if (measured === undefined || differences === undefined) {
    return { result: 'inconclusive', observed: 'no throughput was measured in rounds that both ran' };
  }
  return test(measured, differences);
}

function test(measured: MetricRatio, differences: readonly number[]): Decision {
  const rounds = differences.length;
  const observed = `${describeRatio(measured)} in ${roundsText(rounds)}`;
  if (rounds < ROUNDS_TO_CHECK) {
    return { result: 'inconclusive', observed: `${observed}; at least ${ROUNDS_TO_CHECK} rounds can decide` };
  }
  const flips = flipSigns(differences);
  const margin = Math.log(TOLERATED);
  const p = { above: pAbove(flips, margin), below: pBelow(flips, margin) };
  return decideByMargin(observed, p, CHECK_LEVEL);
}
