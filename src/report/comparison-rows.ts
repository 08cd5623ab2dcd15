import { BUILT_IN_STRATEGIES } from '../domain/assignment.js';
import type { RunResult, Verdict } from '../domain/run-result.js';
import { successes } from './success.js';

/** All rounds of one strategy, with or without locks, under one scenario. */
export interface ComparisonRow {
  readonly scenario: string;
  readonly strategy: string;
  readonly advisoryLocks: boolean;
  /** At least one. */
  readonly runs: readonly [RunResult, ...RunResult[]];
}

/** The runs of each scenario, in the order in which scenarios first appear. */
export function groupScenarios(
  runs: readonly RunResult[],
): [scenario: string, runs: [RunResult, ...RunResult[]]][] {
  return [...groupBy(runs, (run) => run.scenario)];
}

/** The rows of one scenario: the baseline strategy first, then the built-in strategies, each without locks before with. */
export function rowsOf(runs: readonly RunResult[], baseline: string | undefined): ComparisonRow[] {
  const groups = groupBy(runs, (run) => JSON.stringify([run.strategy, run.advisoryLocks]));
  const rank = ({ strategy, advisoryLocks }: ComparisonRow): number =>
    2 * (strategy === baseline ? -1 : builtInRank(strategy)) + Number(advisoryLocks);
  return [...groups.values()].map(toRow).sort((a, b) => rank(a) - rank(b));
}

/** The median over the rounds of a figure; NaN when some round did not measure it. */
export function medianOf({ runs }: ComparisonRow, read: (run: RunResult) => number): number {
  const values = runs.map(read).sort((a, b) => a - b);
  const lower = values[Math.ceil(values.length / 2) - 1] ?? NaN;
  const upper = values[Math.floor(values.length / 2)] ?? NaN;
  return values.some(Number.isNaN) ? NaN : (lower + upper) / 2;
}

/** The round whose successes are farthest from what was expected; of equal ones, that with the fewest successes. */
export function worstSuccess({ runs }: ComparisonRow): RunResult {
  const deviation = (run: RunResult): number => Math.abs(run.expectedSuccesses - successes(run));
  return runs.reduce((worst, run) => {
    const difference = deviation(run) - deviation(worst) || successes(worst) - successes(run);
    return difference > 0 ? run : worst;
  });
}

/** The worst verdict of any round. */
export function worstVerdict({ runs }: ComparisonRow): Verdict {
  const verdicts = new Set(runs.map((run) => run.verdict));
  return (['invalid', 'unknown'] as const).find((verdict) => verdicts.has(verdict)) ?? 'valid';
}

function toRow(runs: [RunResult, ...RunResult[]]): ComparisonRow {
  const [{ scenario, strategy, advisoryLocks }] = runs;
  return { scenario, strategy, advisoryLocks, runs };
}

function builtInRank(strategy: string): number {
  const index = BUILT_IN_STRATEGIES.findIndex((name) => name === strategy);
  return index === -1 ? BUILT_IN_STRATEGIES.length : index;
}

function groupBy(
  runs: readonly RunResult[],
  key: (run: RunResult) => string,
): Map<string, [RunResult, ...RunResult[]]> {
  const groups = new Map<string, [RunResult, ...RunResult[]]>();
  for (const run of runs) {
    const group = groups.get(key(run));
    if (group === undefined) {
      groups.set(key(run), [run]);
    } else {
      group.push(run);
    }
  }
  return groups;
}
