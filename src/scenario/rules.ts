import { totalSlots } from '../domain/load.js';
import { brokenOpenRule } from './open-loop.js';
import { MAX_TOTAL_DELIVERIES, MAX_TOTAL_SLOTS } from './fields.js';
import type { ScenarioFile } from './schema.js';

/** Distinct contents of the whole run: as the file says, else one for every slot. */
export function contentsOf(file: ScenarioFile): number {
  return file.contents ?? totalSlots(file);
}

/** What is wrong with fields that are each valid alone, and what is accepted; undefined where nothing is. */
export function brokenRule(file: ScenarioFile): string | undefined {
  return tooManySlots(file) ?? tooManyDeliveries(file) ?? durationOfBurst(file) ?? brokenOpenRule(file);
}

function tooManySlots({ batches, slots }: ScenarioFile): string | undefined {
  const total = totalSlots({ batches, slots });
  if (total <= MAX_TOTAL_SLOTS) return undefined;
  return `batches × slots is ${batches} × ${[slots].flat().join()} = ${total}; accepted: at most ${MAX_TOTAL_SLOTS}`;
}

function tooManyDeliveries(file: ScenarioFile): string | undefined {
  const contents = contentsOf(file);
  const total = contents * file.deliveries;
  if (total <= MAX_TOTAL_DELIVERIES) return undefined;
  const product = `${contents} × ${file.deliveries} = ${total}`;
  return `contents × deliveries is ${product}; accepted: at most ${MAX_TOTAL_DELIVERIES}`;
}

function durationOfBurst({ arrival, duration }: ScenarioFile): string | undefined {
  if (arrival !== 'burst' || duration === undefined) return undefined;
  return `duration is "${duration}" but arrival is "burst"; accepted: a duration with arrival "closed" or "open" only`;
}
