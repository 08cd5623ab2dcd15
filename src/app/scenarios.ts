import type { Scenario, ScenarioOverrides } from '../domain/scenario.js';
import { ACCEPTANCE_SCENARIOS, resolveScenarios } from '../scenario/index.js';

export { listBuiltInScenarios, loadScenario, parseDuration } from '../scenario/index.js';

/** `sustained` as `compare` runs it by default: shorter, so that three rounds of all fit into a minute. */
const SHORT_SUSTAINED_MS = 2_000;

/** The scenarios of `run`: those named, else the acceptance scenarios of ELS-004. */
export function scenariosToRun(named: readonly string[], overrides: ScenarioOverrides): Promise<Scenario[]> {
  return resolveScenarios(named.length > 0 ? named : ACCEPTANCE_SCENARIOS, overrides);
}

/** The scenarios of `compare`: those named, else the acceptance scenarios and a short `sustained`. */
export function scenariosToCompare(
  named: readonly string[],
  overrides: ScenarioOverrides,
): Promise<Scenario[]> {
  if (named.length > 0) return resolveScenarios(named, overrides);
  const { durationMs = SHORT_SUSTAINED_MS } = overrides;
  return resolveScenarios([...ACCEPTANCE_SCENARIOS, 'sustained'], { ...overrides, durationMs });
}
