import { needsWire } from '../domain/fault.js';
import type { Load } from '../domain/load.js';
import type { Scenario, ScenarioOverrides } from '../domain/scenario.js';
import { LOAD_FIELD_LIST, type LoadFieldName } from './fields.js';
import { openLoopDefaults } from './open-loop.js';
import { toRollout } from './rollout.js';
import { contentsOf } from './rules.js';
import type { ScenarioFile } from './schema.js';

/** Settles what a scenario file leaves open. The file must keep the rules of schema.ts and rules.ts. */
export function toScenario(file: ScenarioFile): Scenario {
  const { name, description, arrival, gates, checks, rollout } = file;
  return throughWire({
    ...{ name, description, arrival, gates },
    ...(arrival === 'open' && openLoopDefaults(file)),
    // The schema gives each field a value that a load may not be without.
    ...(toLoad(file) as Load),
    contents: contentsOf(file),
    ...(checks !== undefined && { checks }),
    ...(rollout !== undefined && { rollout: toRollout(rollout) }),
  });
}

/** The same with the wire between workers and server where anything of it needs that. */
export function throughWire(scenario: Scenario): Scenario {
  const { wire, rttMs, faults } = scenario;
  return { ...scenario, wire: wire || rttMs > 0 || faults.some(needsWire) };
}

/** What a scenario file says of each field of a load, as a scenario holds it. */
export function toLoad(file: Partial<Record<LoadFieldName, unknown>>): ScenarioOverrides {
  const said = LOAD_FIELD_LIST.filter(([field]) => file[field] !== undefined);
  return Object.fromEntries(
    said.map(([field, { scenario, fromFile }]) => [scenario, fromFile(file[field] as never)]),
  );
}
