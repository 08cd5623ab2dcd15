import type { Scenario, ScenarioOverrides } from '../domain/scenario.js';
import { ACCEPTANCE_SCENARIOS, resolveScenario, resolveScenarios } from '../scenario/index.js';

export {
  listBuiltInScenarios,
  loadScenario,
  MAX_RTT_MS,
  parseDuration,
  parseFaultFlag,
  RTT_ACCEPTED,
} from '../scenario/index.js';

/** `sustained` as `compare` runs it by default: shorter, so that the rounds that the check needs fit into a minute. */
const SHORT_SUSTAINED = { durationMs: 600, slots: 100 };

/** The scenarios of `run`: those named, else the acceptance scenarios of ELS-004. */
export function scenariosToRun(named: readonly string[], overrides: ScenarioOverrides): Promise<Scenario[]> {
  return resolveScenarios(named.length > 0 ? named : ACCEPTANCE_SCENARIOS, overrides);
}

/** The scenarios of `compare`: those named, else the acceptance scenarios and a short `sustained`. */
export async function scenariosToCompare(
  named: readonly string[],
  overrides: ScenarioOverrides,
): Promise<Scenario[]> {
  if (named.length > 0) return resolveScenarios(named, overrides);
  const bursts = await resolveScenarios(ACCEPTANCE_SCENARIOS, { ...overrides, durationMs: undefined });
  const { durationMs = SHORT_SUSTAINED.durationMs, slots = SHORT_SUSTAINED.slots } = overrides;
  return [...bursts, await resolveScenario('sustained', { ...overrides, durationMs, slots })];
}
