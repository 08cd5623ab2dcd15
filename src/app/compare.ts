import { buildComparison } from '../compare/compare.js';
import type { Report } from '../domain/run-result.js';
import type { Scenario } from '../domain/scenario.js';
import type { StrategySpec } from '../engine/strategy.js';
import type { Database } from './database.js';
import type { RunJob } from './execute-run.js';
import { judgeStrategies } from './gates.js';
import { executeRuns, type RunControl, type SumUp } from './run.js';

/** What is compared with what. */
export interface ComparePlan {
  readonly scenarios: readonly Scenario[];
  readonly strategies: readonly StrategySpec[];
  readonly rounds: number;
  /** Run closed loops with advisory locks instead of without; bursts always run both ways. */
  readonly advisoryLocks: boolean;
  readonly seed: number;
  readonly keep: boolean;
  /** Deadline of one call. */
  readonly timeoutMs: number;
}

/** Runs every strategy through the same scenarios in interleaved rounds, and compares. */
export function compare(database: Database, plan: ComparePlan, control: RunControl): Promise<Report> {
  const sumUp: SumUp = (runs) => {
    const comparison = buildComparison(runs);
    const checks = [...comparison.checks, ...judgeStrategies(plan.scenarios, runs)];
    return { comparison: { ...comparison, checks } };
  };
  return executeRuns(database, comparisonJobs(plan), control, sumUp);
}

/**
 * The runs of a comparison in their order: round by round, so that a change of the machine's speed meets all
 * strategies, and in each round another strategy goes first. In one round all get the same workload.
 */
export function comparisonJobs(plan: ComparePlan): RunJob[] {
  const { keep, timeoutMs } = plan;
  return range(plan.rounds).flatMap((round) =>
    plan.scenarios.flatMap((scenario) =>
      rotated(contenders(plan, scenario), round).map((contender) => ({
        ...contender,
        scenario,
        round: round + 1,
        seed: plan.seed + round,
        keep,
        timeoutMs,
      })),
    ),
  );
}

function contenders({ strategies, advisoryLocks }: ComparePlan, scenario: Scenario) {
  const locks = scenario.arrival === 'burst' ? [false, true] : [advisoryLocks];
  return strategies.flatMap((strategy) => locks.map((locked) => ({ strategy, advisoryLocks: locked })));
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const first = by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
