import { buildComparison } from '../compare/compare.js';
import { environmentDifferences } from '../compare/environment.js';
import { explainConnectFailure } from '../database/pool.js';
import { InfrastructureError } from '../domain/errors.js';
import type { Environment, Report } from '../domain/run-result.js';
import type { Scenario } from '../domain/scenario.js';
import type { Target } from '../target/target.js';
import { mulberry32, shuffle, type Random } from '../base/random.js';
import { againstBaseline, type Reference } from './baseline.js';
import type { Database } from './database.js';
import type { Places } from './target-places.js';
import { environmentOf } from './environment.js';
import { checksOf, judgeStrategies } from './gates.js';
import type { RunJob } from './run-job.js';
import { executeRuns, type RunControl, type SumUp } from './runs-to-report.js';

/** How often everything is run, by how it arrives: bursts are judged by their gates, loads by their throughput. */
export interface Rounds {
  readonly burst: number;
  readonly load: number;
}

/** What is compared with what. */
export interface ComparePlan {
  readonly scenarios: readonly Scenario[];
  readonly targets: readonly Target[];
  readonly rounds: Rounds;
  /** Run closed loops with advisory locks instead of without; bursts always run both ways. */
  readonly advisoryLocks: boolean;
  readonly seed: number;
  readonly keep: boolean;
  /** Deadline of one call. */
  readonly timeoutMs: number;
  /** Which earlier result this one is compared with besides. */
  readonly reference?: Reference | undefined;
}

/**
 * Runs every strategy through the same scenarios in interleaved rounds, and compares. Warns where the surroundings
 * changed meanwhile.
 */
export async function compare(places: Places, plan: ComparePlan, control: RunControl): Promise<Report> {
  const database = places.main;
  const compared = {
    strategies: plan.targets.map(({ name }) => name),
    reference: plan.targets.find(({ isReference }) => isReference)?.name,
    checks: checksOf(plan.scenarios),
  };
  const sumUp: SumUp = (runs) => {
    const comparison = buildComparison(runs, compared);
    const checks = [...comparison.checks, ...judgeStrategies(plan.scenarios, runs)];
    return { comparison: { ...comparison, checks }, ...againstBaseline(runs, plan.reference) };
  };
  const report = await executeRuns(places, comparisonJobs(plan, database), control, sumUp);
  const { comparison, environment, failure } = report;
  if (comparison === undefined || failure !== undefined) return report;
  const changes = await changesSince(environment, database);
  const warnings = [...leftOut(plan, database), ...changes, ...comparison.warnings];
  return { ...report, comparison: { ...comparison, warnings } };
}

/** What cannot be asked any more is a warning too: the runs are done. */
async function changesSince(then: Environment, database: Database): Promise<string[]> {
  try {
    const now = await environmentOf(database);
    return environmentDifferences(now, then).map((change) => `while it ran, ${change}`);
  } catch (error) {
    const failure = explainConnectFailure(database.address, error);
    if (!(failure instanceof InfrastructureError)) throw error;
    return [`whether settings changed while it ran is not known: ${failure.message}`];
  }
}

/**
 * The runs of a comparison in their order: round by round, so that a change of the machine's speed meets all
 * strategies, and in each round in an order drawn by the seed. Two strategies that do the same are then exchangeable
 * within each round, whatever the machine does from run to run: that alone makes the tests of a comparison exact.
 * In one round all get the same workload.
 *
 * @param how.prepare whether sessions keep what a strategy may need of them
 */
export function comparisonJobs(plan: ComparePlan, how: Pick<Database, 'prepare'>): RunJob[] {
  const { keep, timeoutMs } = plan;
  const random = mulberry32(plan.seed);
  return range(Math.max(plan.rounds.burst, plan.rounds.load)).flatMap((round) =>
    plan.scenarios
      .filter((scenario) => round < roundsOf(scenario, plan.rounds))
      .flatMap((scenario) =>
        shuffled(contenders(plan, scenario, how), random).map((target) => ({
          target,
          scenario,
          round: round + 1,
          seed: plan.seed + round,
          keep,
          timeoutMs,
        })),
      ),
  );
}

function roundsOf({ arrival }: Scenario, { burst, load }: Rounds): number {
  return arrival === 'burst' ? burst : load;
}

function contenders(
  { targets, advisoryLocks }: ComparePlan,
  scenario: Scenario,
  how: Pick<Database, 'prepare'>,
): Target[] {
  const locks = scenario.arrival === 'burst' ? [false, true] : [advisoryLocks];
  return targets
    .flatMap((target) =>
      locks
        .filter((on) => !on || target.lacks.advisoryLocks === undefined)
        .map((on) => target.withAdvisoryLocks(on)),
    )
    .filter(({ lacks }) => how.prepare || lacks.transactionPooling === undefined);
}

/** What bursts, which run with advisory locks too, had to do without. */
export function leftOut(
  { targets, scenarios }: ComparePlan,
  { prepare }: Pick<Database, 'prepare'>,
): string[] {
  if (prepare || scenarios.every(({ arrival }) => arrival !== 'burst')) return [];
  return targets.flatMap((target) => {
    const reason = target.withAdvisoryLocks(true).lacks.transactionPooling;
    return reason === undefined
      ? []
      : [`${target.name} + locks was left out, because of --no-prepare: it ${reason}`];
  });
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = Uint32Array.from(items.keys());
  shuffle(order, random);
  return [...order].flatMap((position) => items.slice(position, position + 1));
}
