import type { Scenario } from '../domain/scenario.js';
import { durationMillis } from './duration.js';
import { parseFault } from './fault.js';
import { contentsOf } from './rules.js';
import type { ScenarioFile } from './schema.js';

/** Settles what a scenario file leaves open. The file must keep the rules of schema.ts and rules.ts. */
export function toScenario({ duration, ...file }: ScenarioFile): Scenario {
  const faults = file.faults.map(parseFault).filter((fault) => fault !== undefined);
  const scenario = { ...file, contents: contentsOf(file), faults };
  return duration === undefined ? scenario : { ...scenario, durationMs: durationMillis(duration) };
}
