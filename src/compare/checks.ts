import type { ComparisonCheck, RunResult } from '../domain/run-result.js';
import { CHECK_LEVEL, ROUNDS_TO_CHECK } from './levels.js';
import { logRatios, ratioOf, type MetricRatio } from './metrics.js';
import { groupRows, pairRounds, type Row } from './rows.js';
import { flipSigns, pAbove, pBelow } from './sign-flips.js';
import { describeRatio, formatP, reasonOf, roundsText } from './wording.js';

const SCENARIO = 'sustained';
/** The margin of "meets": 5 % slower is as good as equal. */
const TOLERATED = 0.95;
const NAME = `inventory.throughput >= ${TOLERATED} * cte.throughput (${SCENARIO})`;

/**
 * The requirement's "Option B meets or beats Option A", on the scenario `sustained`: `inventory` against `cte` under
 * equal advisory locks (off, where both ran so). No check where the two did not both run.
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
  const runs = [...inventory.runs, ...cte.runs];
  const invalid = runs.find((run) => run.verdict === 'invalid');
  if (invalid !== undefined) {
    return { result: 'failed', observed: reasonOf(invalid) };
  }
  const unknown = runs.find((run) => run.verdict === 'unknown');
  if (unknown !== undefined) {
    return { result: 'inconclusive', observed: reasonOf(unknown) };
  }
  const pairs = pairRounds(inventory, cte);
  const measured = ratioOf('throughput', pairs);
  const differences = logRatios('throughput', pairs);
  if (measured === undefined || differences === undefined) {
    return { result: 'inconclusive', observed: 'no throughput was measured in rounds that both ran' };
  }
  return test(measured, differences);
}

function test(measured: MetricRatio, differences: readonly number[]): Omit<ComparisonCheck, 'name'> {
  const rounds = differences.length;
  const observed = `${describeRatio(measured)} in ${roundsText(rounds)}`;
  if (rounds < ROUNDS_TO_CHECK) {
    return { result: 'inconclusive', observed: `${observed}; at least ${ROUNDS_TO_CHECK} rounds can decide` };
  }
  const flips = flipSigns(differences);
  const [above, below] = [pAbove(flips, Math.log(TOLERATED)), pBelow(flips, Math.log(TOLERATED))];
  if (Math.min(above, below) > CHECK_LEVEL) {
    const why = `too close to ${TOLERATED}, or too noisy, for p <= ${CHECK_LEVEL}`;
    return { result: 'inconclusive', observed: `${observed}; ${why}` };
  }
  return above < below
    ? { result: 'passed', observed: `${observed}, p = ${formatP(above)}` }
    : { result: 'failed', observed: `${observed}, p = ${formatP(below)}` };
}
