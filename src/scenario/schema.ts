import { z } from 'zod';
import { DURATION_ACCEPTED, durationMillis } from './duration.js';

/** What one run may hold: the limits of a scenario's products, checked in rules.ts. */
export const MAX_TOTAL_SLOTS = 10_000_000;
export const MAX_TOTAL_DELIVERIES = 10_000_000;

// Every `error` below says what is accepted; invalid.ts puts the field and what was given before it.

function wholeNumber(max: number) {
  const error = `a whole number from 1 to ${max}`;
  return z.number({ error }).int({ error }).min(1, { error }).max(max, { error });
}

function text(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

const name = text(
  /^(?=.{1,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/,
  'kebab-case such as my-scenario, at most 63 characters',
);
const description = text(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,500}$/u, 'one line of 1 to 500 characters');
const arrival = z.enum(['burst', 'closed'], { error: '"burst" or "closed"' });
const duration = z
  .string({ error: DURATION_ACCEPTED })
  .refine((given) => durationMillis(given) !== undefined, { error: DURATION_ACCEPTED });
const gate = z.string({ error: 'a gate such as "p95 < 500ms"' });
const gates = z
  .array(gate, { error: 'a list of at most 100 gates' })
  .max(100, { error: 'a list of at most 100 gates' });

/** A scenario file, field by field; what ties several fields together is in rules.ts. */
export const scenarioFileSchema = z.strictObject(
  {
    name,
    description,
    batches: wholeNumber(100_000).default(1),
    slots: wholeNumber(1_000_000),
    contents: wholeNumber(MAX_TOTAL_DELIVERIES).optional(),
    deliveries: wholeNumber(MAX_TOTAL_DELIVERIES).default(1),
    arrival: arrival.default('burst'),
    workers: wholeNumber(64).default(3),
    connections: wholeNumber(256).default(8),
    duration: duration.optional(),
    gates: gates.default([]),
  },
  { error: 'an object with the fields of a scenario' },
);

/** A scenario file as it was read, with its defaults: `contents` may still follow batches × slots. */
export type ScenarioFile = z.output<typeof scenarioFileSchema>;

export const SCENARIO_FIELDS = Object.keys(scenarioFileSchema.shape);
