import { quote } from '../base/wording.js';
import { groupRows, type Row } from '../domain/rows.js';
import type { ComparisonCheck, RunResult } from '../domain/run-result.js';
import { CHECK_LEVEL, roundsToCheck } from './levels.js';
import { decideByMargin, decideByVerdicts, type Decision } from './margin.js';
import { logRatios, ratioOf, type MetricRatio } from './metrics.js';
import { pairRounds } from './rows.js';
import { flipSigns, pAbove, pBelow } from './sign-flips.js';
import { describeRatio, roundsText } from './wording.js';

/** A check of a scenario: that the throughput of one strategy is at least so much of another one's. */
export interface ScenarioCheck {
  readonly scenario: string;
  /** As the scenario writes it. */
  readonly text: string;
  readonly subject: string;
  readonly reference: string;
  /** The least ratio of the two. */
  readonly margin: number;
}

/** A check with the rounds that can decide it. */
interface Comparable {
  readonly check: ScenarioCheck;
  readonly subject: Row;
  readonly reference: Row;
}

/**
 * Judges the checks of scenarios, one strategy against another under equal advisory locks (off, where both ran so). No
 * check where the two did not both run, nor of an open loop: its schedule sets the throughput.
 *
 * Each is a test of non-inferiority (E. Walker and A. S. Nowacki, "Understanding Equivalence and Noninferiority
 * Testing", Journal of General Internal Medicine 26 (2011), 192–196) and of its opposite: passed when a ratio above the
 * margin is proven, failed when one below it is, else inconclusive. At most one of the two can be false, so each is
 * made at the whole level. Several checks share that level (Bonferroni): all together are wrong with its probability.
 */
export function judgeChecks(runs: readonly RunResult[], checks: readonly ScenarioCheck[]): ComparisonCheck[] {
  const made = comparable(runs, checks);
  return made.map((each) => ({
    name: `${each.check.text} (${each.check.scenario})`,
    ...judge(each, made.length),
  }));
}

/** How many checks there are of runs. */
export function countChecks(runs: readonly RunResult[], checks: readonly ScenarioCheck[]): number {
  return comparable(runs, checks).length;
}

/**
 * Which checks are not made, and why: what is never judged must not pass in silence.
 *
 * @returns one line each
 */
export function checksNotMade(runs: readonly RunResult[], checks: readonly ScenarioCheck[]): string[] {
  const made = new Set(comparable(runs, checks).map(({ check }) => check));
  return checks
    .filter((check) => !made.has(check))
    .map((check) => `${check.scenario}: check ${check.text} was not made: ${whyNotMade(check, runs)}`);
}

function whyNotMade({ scenario, subject, reference }: ScenarioCheck, runs: readonly RunResult[]): string {
  const ofScenario = runs.filter((run) => run.scenario === scenario);
  const missing = [subject, reference].filter(
    (name) => !ofScenario.some(({ strategy }) => strategy === name),
  );
  if (missing.length > 0) return `${missing.map((name) => quote(name)).join(' and ')} did not run`;
  if (ofScenario.some(({ plan }) => plan.arrival === 'open'))
    return 'the rate of an open loop sets the throughput';
  return 'the two did not run under equal advisory locks';
}

function comparable(runs: readonly RunResult[], checks: readonly ScenarioCheck[]): Comparable[] {
  const rows = groupRows(runs.filter((run) => run.plan.arrival !== 'open'));
  return checks.flatMap((check) => {
    const rowOf = (strategy: string, advisoryLocks: boolean) =>
      rows.find(
        (row) =>
          row.scenario === check.scenario && row.strategy === strategy && row.advisoryLocks === advisoryLocks,
      );
    const pairs = [false, true].flatMap((locks) => {
      const subject = rowOf(check.subject, locks);
      const reference = rowOf(check.reference, locks);
      return subject === undefined || reference === undefined ? [] : [{ check, subject, reference }];
    });
    return pairs.slice(0, 1);
  });
}

/** @param among how many checks the level is shared */
function judge({ check, subject, reference }: Comparable, among: number): Decision {
  const decided = decideByVerdicts([...subject.runs, ...reference.runs]);
  if (decided !== undefined) return decided;
  const pairs = pairRounds(subject, reference);
  const measured = ratioOf('throughput', pairs);
  const differences = logRatios('throughput', pairs);
  if (measured === undefined || differences === undefined) {
    return { result: 'inconclusive', observed: 'no throughput was measured in rounds that both ran' };
  }
  return test(measured, differences, check.margin, among);
}

function test(
  measured: MetricRatio,
  differences: readonly number[],
  margin: number,
  among: number,
): Decision {
  const rounds = differences.length;
  const observed = `${describeRatio(measured)} in ${roundsText(rounds)}`;
  const needed = roundsToCheck(among);
  if (rounds < needed) {
    return { result: 'inconclusive', observed: `${observed}; at least ${needed} rounds can decide` };
  }
  const flips = flipSigns(differences);
  const limit = Math.log(margin);
  const p = { above: pAbove(flips, limit), below: pBelow(flips, limit) };
  return decideByMargin(observed, p, { level: CHECK_LEVEL / among, margin });
}
