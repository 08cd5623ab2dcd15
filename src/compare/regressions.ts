import { MOST_BASELINE_ROUNDS, type BaselineRound, type BaselineRow } from '../domain/baseline.js';
import type { ComparisonCheck, RunResult } from '../domain/run-result.js';
import { CHECK_LEVEL, CONFIDENCE } from './levels.js';
import { estimateShift, pShiftAbove, pShiftBelow, smallestP, sumRanks } from './rank-sum.js';
import { groupRows, type Row } from './rows.js';
import { describeRatio, formatP, reasonOf, roundsText } from './wording.js';

/** 5 % slower is as good as equal. */
const TOLERATED = 0.95;
const ROUNDING = 1e-9;

/** What says of a round how fast it was, as a logarithm: more is faster. */
interface Speed {
  readonly name: string;
  readonly read: (round: BaselineRound) => number;
}

const THROUGHPUT: Speed = {
  name: 'throughput / baseline.throughput',
  read: (round) => Math.log(round.throughputPerSecond),
};

/** For an open loop, whose throughput its schedule sets. */
const P95: Speed = { name: 'baseline.p95 / p95', read: (round) => -Math.log(round.latencyMicros.p95) };

/** Two rows of the same scenario, strategy and locks. */
interface Matched {
  readonly now: Row;
  readonly then: BaselineRow;
}

/**
 * Whether each row is as fast as it was in an earlier result: a closed loop by its throughput, an open loop by its p95.
 * Bursts are left out, and so are rows that only one of the two has.
 *
 * Each is a test of non-inferiority and its opposite, as in `compareChecks`, but of rounds that nothing pairs. The
 * checks share one level (Bonferroni): all together are wrong with its probability.
 */
export function regressionChecks(
  runs: readonly RunResult[],
  rows: readonly BaselineRow[],
): ComparisonCheck[] {
  const matched = groupRows(runs).flatMap((now) => {
    const then = rows.find((row) => isSameRow(row, now));
    return then === undefined || isBurst(now) ? [] : [{ now, then }];
  });
  return matched.map((each) => judge(each, CHECK_LEVEL / matched.length));
}

function isSameRow(a: Omit<Row, 'runs'>, b: Omit<Row, 'runs'>): boolean {
  return a.scenario === b.scenario && a.strategy === b.strategy && a.advisoryLocks === b.advisoryLocks;
}

function isBurst({ runs }: Row): boolean {
  return runs[0]?.plan.arrival === 'burst';
}

function judge({ now, then }: Matched, level: number): ComparisonCheck {
  const speed = now.runs[0]?.plan.arrival === 'open' ? P95 : THROUGHPUT;
  const { scenario, strategy, advisoryLocks } = now;
  const name = `${speed.name} >= ${TOLERATED} (${scenario} · ${strategy}${advisoryLocks ? ' + locks' : ''})`;
  const invalid = now.runs.find((run) => run.verdict === 'invalid');
  if (invalid !== undefined) return { name, result: 'failed', observed: reasonOf(invalid) };
  const unknown = now.runs.find((run) => run.verdict === 'unknown');
  if (unknown !== undefined) return { name, result: 'inconclusive', observed: reasonOf(unknown) };
  const values = now.runs.slice(-MOST_BASELINE_ROUNDS).map(speed.read);
  if (!values.every(Number.isFinite)) {
    return { name, result: 'inconclusive', observed: 'a round measured nothing' };
  }
  return { name, ...test(values, then.rounds.map(speed.read), level) };
}

function test(now: readonly number[], then: readonly number[], level: number): Omit<ComparisonCheck, 'name'> {
  const ranks = sumRanks(now, then);
  const { centre, low, high, confidence } = estimateShift(ranks, CONFIDENCE);
  const ratio = { ratio: Math.exp(centre), low: Math.exp(low), high: Math.exp(high), confidence };
  const observed = `${describeRatio(ratio)} in ${roundsText(now.length)} against ${then.length}`;
  if (!proves(smallestP(now.length, then.length), level)) {
    return { result: 'inconclusive', observed: `${observed}; ${whatDecides(then.length, level)}` };
  }
  const margin = Math.log(TOLERATED);
  const [above, below] = [pShiftAbove(ranks, margin), pShiftBelow(ranks, margin)];
  if (!proves(Math.min(above, below), level)) {
    const why = `too close to ${TOLERATED}, or too noisy, for p <= ${formatP(level)}`;
    return { result: 'inconclusive', observed: `${observed}; ${why}` };
  }
  return above < below
    ? { result: 'passed', observed: `${observed}, p = ${formatP(above)}` }
    : { result: 'failed', observed: `${observed}, p = ${formatP(below)}` };
}

/** A p-value is a share of orders: one that is the level but for the rounding of fractions proves. */
function proves(p: number, level: number): boolean {
  return p <= level * (1 + ROUNDING);
}

function whatDecides(then: number, level: number): string {
  for (let now = 1; now <= MOST_BASELINE_ROUNDS; now += 1) {
    if (proves(smallestP(now, then), level)) return `at least ${roundsText(now)} can decide`;
  }
  return 'no number of rounds can decide: save a baseline of more rounds';
}
