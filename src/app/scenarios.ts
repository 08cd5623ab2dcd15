import { didYouMean, quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import type { Scenario, ScenarioOverrides } from '../domain/scenario.js';
import { loadScenario, readScenarioValue } from '../scenario/load.js';
import { applyOverrides, resolveScenario, resolveScenarios } from '../scenario/overrides.js';
import { TARGET_NAMES } from '../targets/resolve.js';

/** The built-in scenarios that carry the acceptance criteria of the requirement (ELS-004). */
export const ACCEPTANCE_SCENARIOS = ['idempotent-duplicates', 'cross-instance', 'high-concurrency'] as const;

/** `sustained` as `compare` runs it by default: shorter, so that the rounds that the check needs fit into a minute. */
const SHORT_SUSTAINED = { durationMs: 600, slots: 100 };

/**
 * A scenario as its file states it, to be shown.
 *
 * @param nameOrFile a built-in name, or the path of a scenario file
 * @throws UsageError as `loadScenario`, and `invalid_scenario` for a rollout to what is no target
 */
export async function scenarioToShow(nameOrFile: string): Promise<Scenario> {
  return withKnownTargets(nameOrFile, await loadScenario(nameOrFile));
}

/** The scenarios of `run`: those named, else the acceptance scenarios of ELS-004; at a rate `sustained`. */
export function scenariosToRun(named: readonly string[], overrides: ScenarioOverrides): Promise<Scenario[]> {
  const unnamed = overrides.rate === undefined ? ACCEPTANCE_SCENARIOS : ['sustained'];
  return resolveAll(named.length > 0 ? named : unnamed, overrides);
}

/**
 * The one scenario of a run.
 *
 * @param given a built-in name, the path of a scenario file, or what such a file holds
 * @throws UsageError as `resolveScenario`, and `invalid_scenario` for a rollout to what is no target
 */
export async function scenarioOf(given: string | object, overrides: ScenarioOverrides): Promise<Scenario> {
  if (typeof given === 'string') return withKnownTargets(given, await resolveScenario(given, overrides));
  return withKnownTargets('scenario', applyOverrides(readScenarioValue(given), overrides));
}

async function resolveAll(
  namesOrFiles: readonly string[],
  overrides: ScenarioOverrides,
): Promise<Scenario[]> {
  const scenarios = await resolveScenarios(namesOrFiles, overrides);
  return scenarios.map((scenario, position) => withKnownTargets(namesOrFiles[position] ?? '', scenario));
}

/**
 * A scenario whose rollout changes into known targets alone.
 *
 * @param nameOrFile that it was read from
 * @throws UsageError `invalid_scenario` with the file and the step
 */
export function withKnownTargets(nameOrFile: string, scenario: Scenario): Scenario {
  for (const [position, { strategy }] of (scenario.rollout?.steps ?? []).entries()) {
    if (TARGET_NAMES.includes(strategy)) continue;
    const given = `rollout.steps[${position}].strategy is ${quote(strategy)}`;
    const problem = `${given}${didYouMean(strategy, TARGET_NAMES)}; accepted: ${TARGET_NAMES.join(', ')}`;
    throw new UsageError('invalid_scenario', `scenario file ${quote(nameOrFile)}: ${problem}`);
  }
  return scenario;
}

/** The scenarios of `compare`: those named, else the acceptance scenarios and a short `sustained`; at a rate that alone. */
export async function scenariosToCompare(
  named: readonly string[],
  overrides: ScenarioOverrides,
): Promise<Scenario[]> {
  if (named.length > 0) return withoutRollouts(await resolveAll(named, overrides));
  const acceptance = overrides.rate === undefined ? ACCEPTANCE_SCENARIOS : [];
  const bursts = await resolveScenarios(acceptance, { ...overrides, durationMs: undefined });
  const {
    durationMs = overrides.stages ? undefined : SHORT_SUSTAINED.durationMs,
    slots = SHORT_SUSTAINED.slots,
  } = overrides;
  return [...bursts, await resolveScenario('sustained', { ...overrides, durationMs, slots })];
}

/**
 * The scenarios of `compare --rollout`: those named, else `rollout`.
 *
 * @throws UsageError `no_rollout` when one has none
 */
export async function scenariosToRollOut(
  named: readonly string[],
  overrides: ScenarioOverrides,
): Promise<Scenario[]> {
  const scenarios = await resolveAll(named.length > 0 ? named : ['rollout'], overrides);
  const other = scenarios.find(({ rollout }) => rollout === undefined);
  if (other === undefined) return scenarios;
  const problem = `--rollout: scenario ${other.name} has no rollout`;
  throw new UsageError('no_rollout', `${problem}; accepted: scenarios with one, such as rollout`);
}

/** Strategies cannot be compared under a scenario that changes them. */
function withoutRollouts(scenarios: Scenario[]): Scenario[] {
  const changing = scenarios.find(({ rollout }) => rollout !== undefined);
  if (changing === undefined) return scenarios;
  const problem = `--scenario ${changing.name} changes strategies while it runs`;
  throw new UsageError('has_rollout', `${problem}; accepted: others, or compare --rollout`);
}
