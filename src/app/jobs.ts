import type { Scenario } from '../domain/scenario.js';
import type { RunJob } from './execute-run.js';

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
