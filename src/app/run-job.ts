import type { RunningCommand } from '../domain/held-run.js';
import type { RunWatch } from '../domain/run-watch.js';
import type { Scenario } from '../domain/scenario.js';
import type { HistoryFile } from '../history/history-file.js';
import type { Target } from '../target/target.js';

/** One scenario under one target, once. */
export interface RunJob {
  readonly target: Target;
  readonly scenario: Scenario;
  readonly round: number;
  readonly seed: number;
  /** Leave the run's batches in the database. */
  readonly keep: boolean;
  /** The command that it belongs to, for the record; undefined: it is not recorded. */
  readonly command?: RunningCommand | undefined;
  /** Deadline of one call. */
  readonly timeoutMs: number;
  /** Keeps the run's calls. */
  readonly history?: HistoryFile | undefined;
  /** Hears the load while it runs. */
  readonly watch?: RunWatch | undefined;
}

/** Runs of scenarios, round after round; each round has a workload of its own, which the seed repeats. */
export function jobsOf(
  scenarios: readonly Scenario[],
  common: Omit<RunJob, 'scenario' | 'round' | 'seed'>,
  rounds: number,
  seed: number,
): RunJob[] {
  return Array.from({ length: rounds }, (_, position) =>
    scenarios.map((scenario) => ({ ...common, scenario, round: position + 1, seed: seed + position })),
  ).flat();
}
