import * as z from 'zod';
import { BUILT_IN_STRATEGIES } from '../domain/assignment.js';
import { SPACINGS } from '../domain/scenario.js';
import { DURATION_ACCEPTED, durationMillis } from './duration.js';
import { FAULT_ACCEPTED, parseFault } from './fault.js';
import { MAX_RATE, MAX_STAGES, stageMillis, STAGE_DURATION_ACCEPTED, STAGES_ACCEPTED } from './stages.js';

/** What one run may hold: the limits of a scenario's products, checked in rules.ts. */
export const MAX_TOTAL_SLOTS = 10_000_000;
export const MAX_TOTAL_DELIVERIES = 10_000_000;

/** How large each count may be by itself; all are whole numbers from 1. */
export const COUNT_LIMITS = {
  batches: 100_000,
  slots: 1_000_000,
  contents: MAX_TOTAL_DELIVERIES,
  deliveries: MAX_TOTAL_DELIVERIES,
  workers: 64,
  connections: 256,
  bulk: 1_000,
  rate: MAX_RATE,
} as const;

/** With more, a connection would not be made within the time that it may take. */
export const MAX_RTT_MS = 1_000;
export const RTT_ACCEPTED = `milliseconds from 0 to ${MAX_RTT_MS}`;

// Every `error` below says what is accepted; invalid.ts puts the field and what was given before it.

function count(field: keyof typeof COUNT_LIMITS) {
  const max = COUNT_LIMITS[field];
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
const arrival = z.enum(['burst', 'closed', 'open'], { error: '"burst", "closed" or "open"' });
const spacing = z.enum(SPACINGS, { error: '"poisson" or "constant"' });
const duration = z
  .string({ error: DURATION_ACCEPTED })
  .refine((given) => durationMillis(given) !== undefined, { error: DURATION_ACCEPTED });
const stageRateAccepted = `a whole number from 0 to ${MAX_RATE}`;
const stage = z.strictObject(
  {
    rate: z
      .number({ error: stageRateAccepted })
      .int({ error: stageRateAccepted })
      .min(0, { error: stageRateAccepted })
      .max(MAX_RATE, { error: stageRateAccepted }),
    duration: z
      .string({ error: STAGE_DURATION_ACCEPTED })
      .refine((given) => stageMillis(given) !== undefined, { error: STAGE_DURATION_ACCEPTED }),
  },
  { error: 'a stage such as {"rate": 100, "duration": "5s"}' },
);
const stages = z
  .array(stage, { error: STAGES_ACCEPTED })
  .min(1, { error: STAGES_ACCEPTED })
  .max(MAX_STAGES, { error: STAGES_ACCEPTED });
const stepsAccepted = 'a list of 1 to 20 steps';
const rollout = z.strictObject(
  {
    steps: z
      .array(
        z.strictObject(
          { at: duration, strategy: z.enum(BUILT_IN_STRATEGIES, { error: BUILT_IN_STRATEGIES.join(', ') }) },
          { error: 'a step such as {"at": "1s", "strategy": "cte"}' },
        ),
        { error: stepsAccepted },
      )
      .min(1, { error: stepsAccepted })
      .max(20, { error: stepsAccepted }),
  },
  { error: 'an object with a list of steps' },
);
const rttMs = z
  .number({ error: RTT_ACCEPTED })
  .min(0, { error: RTT_ACCEPTED })
  .max(MAX_RTT_MS, { error: RTT_ACCEPTED });
const fault = z
  .string({ error: FAULT_ACCEPTED })
  .refine((given) => parseFault(given) !== undefined, { error: FAULT_ACCEPTED });
const faults = z
  .array(fault, { error: 'a list of at most 20 faults' })
  .max(20, { error: 'a list of at most 20 faults' });
const gate = z.string({ error: 'a gate such as "p95 < 500ms"' });
const gates = z
  .array(gate, { error: 'a list of at most 100 gates' })
  .max(100, { error: 'a list of at most 100 gates' });

/** A scenario file, field by field; what ties several fields together is in rules.ts. */
export const scenarioFileSchema = z.strictObject(
  {
    name,
    description,
    batches: count('batches').default(1),
    slots: count('slots'),
    contents: count('contents').optional(),
    deliveries: count('deliveries').default(1),
    arrival: arrival.default('burst'),
    workers: count('workers').default(3),
    connections: count('connections').default(8),
    bulk: count('bulk').default(1),
    duration: duration.optional(),
    rate: count('rate').optional(),
    spacing: spacing.optional(),
    stages: stages.optional(),
    latencyLimit: duration.optional(),
    faults: faults.default([]),
    rollout: rollout.optional(),
    rttMs: rttMs.default(0),
    gates: gates.default([]),
  },
  { error: 'an object with the fields of a scenario' },
);

/** A scenario file as it was read, with its defaults: `contents` may still follow batches × slots. */
export type ScenarioFile = z.output<typeof scenarioFileSchema>;

export const SCENARIO_FIELDS = Object.keys(scenarioFileSchema.shape);
