import type { Scenario } from '../domain/scenario.js';
import { durationMillis } from './duration.js';
import { parseFault } from './fault.js';
import { toOpenLoop } from './open-loop.js';
import { toRollout } from './rollout.js';
import { contentsOf } from './rules.js';
import type { ScenarioFile } from './schema.js';

/** Settles what a scenario file leaves open. The file must keep the rules of schema.ts and rules.ts. */
export function toScenario(file: ScenarioFile): Scenario {
  const { duration, spacing, stages, latencyLimit, rollout, ...others } = file;
  const faults = file.faults.map(parseFault).filter((fault) => fault !== undefined);
  const scenario = { ...others, contents: contentsOf(file), faults };
  return {
    ...scenario,
    ...(duration !== undefined && { durationMs: durationMillis(duration) }),
    ...(rollout !== undefined && { rollout: toRollout(rollout) }),
    ...(file.arrival === 'open' && toOpenLoop({ spacing, stages, latencyLimit })),
  };
}
