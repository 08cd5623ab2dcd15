import type { Scenario } from '#els/domain/scenario.js';
import { toScenario } from '#els/scenario/resolve.js';
import { scenarioFileSchema } from '#els/scenario/schema.js';

const FILE = scenarioFileSchema.parse({ name: 'one', description: 'made by a test', slots: 1 });

/** A scenario of these fields, and for the rest with what a file that leaves them out means: a burst on one slot. */
export function scenarioOf(fields: Partial<Scenario> = {}): Scenario {
  return { ...toScenario(FILE), ...fields };
}
