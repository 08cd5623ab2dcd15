import { MOST_BASELINE_ROUNDS, type BaselineRound, type BaselineRow } from '../domain/baseline.js';
import { completeRuns, groupRows, type Row, rowName } from '../domain/rows.js';
import type { ComparisonCheck, RunResult } from '../domain/run-result.js';
import { CHECK_LEVEL, CONFIDENCE } from './levels.js';
import { decideByMargin, decideByVerdicts, proves, TOLERATED, type Decision } from './margin.js';
import { estimateShift, pShiftAbove, pShiftBelow, smallestP, sumRanks } from './rank-sum.js';
import { describeRatio, roundsText } from './wording.js';

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
 * Bursts are left out, and so are rows that only one of the two has, and runs that were cut off.
 *
 * Each is a test of non-inferiority and its opposite, as in `judgeChecks`, but of rounds that nothing pairs. The
 * checks share one level (Bonferroni): all together are wrong with its probability.
 */
export function regressionChecks(
  runs: readonly RunResult[],
  rows: readonly BaselineRow[],
): ComparisonCheck[] {
  const matched = groupRows(completeRuns(runs)).flatMap((now) => {
    const then = rows.find((row) => isSameRow(row, now));
    return then === undefined || isBurst(now) ? [] : [{ now, then }];
  });
  return matched.map((each) => judge(each, CHECK_LEVEL / matched.length));
}

function isSameRow(a: Omit<Row, 'runs'>, b: Omit<Row, 'runs'>): boolean {
  return a.scenario === b.scenario && a.strategy === b.strategy && a.advisoryLocks === b.advisoryLocks;
}

function isBurst({ runs }: Row): boolean {
  return runs[0].plan.arrival === 'burst';
}

function judge({ now, then }: Matched, level: number): ComparisonCheck {
  const speed = now.runs[0].plan.arrival === 'open' ? P95 : THROUGHPUT;
  const name = `${speed.name} >= ${TOLERATED} (${rowName(now)})`;
  const decided = decideByVerdicts(now.runs);
  if (decided !== undefined) return { name, ...decided };
  const values = now.runs.slice(-MOST_BASELINE_ROUNDS).map(speed.read);
  if (!values.every(Number.isFinite)) {
    return { name, result: 'inconclusive', observed: 'a round measured nothing' };
  }
  return { name, ...test(values, then.rounds.map(speed.read), level) };
}

function test(now: readonly number[], then: readonly number[], level: number): Decision {
  const ranks = sumRanks(now, then);
  const { centre, low, high, confidence } = estimateShift(ranks, CONFIDENCE);
  const ratio = { ratio: Math.exp(centre), low: Math.exp(low), high: Math.exp(high), confidence };
  const observed = `${describeRatio(ratio)} in ${roundsText(now.length)} against ${then.length}`;
  if (!proves(smallestP(now.length, then.length), level)) {
    return { result: 'inconclusive', observed: `${observed}; ${whatDecides(then.length, level)}` };
  }
  const margin = Math.log(TOLERATED);
  const p = { above: pShiftAbove(ranks, margin), below: pShiftBelow(ranks, margin) };
  return decideByMargin(observed, p, { level, margin: TOLERATED });
}

function whatDecides(then: number, level: number): string {
  for (let now = 1; now <= MOST_BASELINE_ROUNDS; now += 1) {
    if (proves(smallestP(now, then), level)) return `at least ${roundsText(now)} can decide`;
  }
  return 'no number of rounds can decide: save a baseline of more rounds';
}
