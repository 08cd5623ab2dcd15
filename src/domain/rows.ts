import type { RunResult } from './run-result.js';
import type { SweepStep } from './sweep.js';

/** At least one run. */
export type Runs = readonly [RunResult, ...RunResult[]];

/** All rounds of one scenario under one strategy, with or without advisory locks. */
export interface Row {
  readonly scenario: string;
  readonly strategy: string;
  readonly advisoryLocks: boolean;
  readonly runs: Runs;
}

/** What was measured: `cte`, or `cte + locks` with advisory locks. */
export function strategyLabel(run: { readonly strategy: string; readonly advisoryLocks: boolean }): string {
  return run.advisoryLocks ? `${run.strategy} + locks` : run.strategy;
}

/** What was measured under which scenario: `sustained · cte + locks`. */
export function rowName(row: Parameters<typeof strategyLabel>[0] & { readonly scenario: string }): string {
  return `${row.scenario} · ${strategyLabel(row)}`;
}

/** Without those that a signal or a failure cut off: what they did until then is no figure of a whole run. */
export function completeRuns(runs: readonly RunResult[]): RunResult[] {
  return runs.filter(({ complete }) => complete);
}

/** Groups runs into rows; rows stand in the order in which they first appear. */
export function groupRows(runs: readonly RunResult[]): Row[] {
  const groups = groupBy(runs, ({ scenario, strategy, advisoryLocks }) =>
    JSON.stringify([scenario, strategy, advisoryLocks]),
  );
  return [...groups.values()].map((ofRow) => {
    const [{ scenario, strategy, advisoryLocks }] = ofRow;
    return { scenario, strategy, advisoryLocks, runs: ofRow };
  });
}

/** The runs of each scenario, in the order in which scenarios first appear. */
export function groupScenarios(runs: readonly RunResult[]): [scenario: string, runs: Runs][] {
  return [...groupBy(runs, (run) => run.scenario)];
}

function groupBy(
  runs: readonly RunResult[],
  key: (run: RunResult) => string,
): Map<string, [RunResult, ...RunResult[]]> {
  const groups = new Map<string, [RunResult, ...RunResult[]]>();
  for (const run of runs) {
    const group = groups.get(key(run));
    if (group === undefined) groups.set(key(run), [run]);
    else group.push(run);
  }
  return groups;
}

/** The steps of valid runs that were not cut off: among them the knee is sought. */
export function validSteps(steps: readonly SweepStep[], runs: readonly RunResult[]): SweepStep[] {
  return steps.filter((_, position) => runs[position]?.complete && runs[position].verdict === 'valid');
}
