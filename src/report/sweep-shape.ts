import { totalSlots } from '../domain/load.js';
import type { RunResult } from '../domain/run-result.js';
import { loadParts } from './load-parts.js';
import { arrivalParts } from './open-loop.js';
import { rangeCell } from './row-figures.js';

/** What all steps of a sweep ran with; a range of what differs. */
export function shapeParts(runs: readonly RunResult[]): string[] {
  const [first] = runs;
  if (first === undefined) return [];
  const { plan } = first;
  const plans = runs.map((run) => run.plan);
  const range = (read: (run: RunResult) => number) => rangeCell({ runs: [first, ...runs] }, read);
  return [
    `workers ${range((run) => run.workers)} × connections ${range((run) => run.connections)}`,
    `batches ${range((run) => run.plan.batches)} × slots ${slotsOf(plan, range)}`,
    `contents ${range((run) => run.plan.contents)} × deliveries ${range((run) => run.plan.deliveries)}`,
    ...arrivalParts(plan, plans),
    ...loadParts(plans),
    `seed ${plan.seed}`,
  ];
}

/** A list of slots is the same in all steps. */
function slotsOf({ slots }: RunResult['plan'], range: (read: (run: RunResult) => number) => string): string {
  return typeof slots === 'number' ? range(({ plan }) => totalSlots(plan) / plan.batches) : slots.join(', ');
}
