import * as z from 'zod';
import { duration, LOAD_FIELD_LIST, type LOAD_FIELDS, type LoadFieldName } from './fields.js';

// Every `error` below says what is accepted; invalid.ts puts the field and what was given before it.

function text(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

const name = text(
  /^(?=.{1,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/,
  'kebab-case such as my-scenario, at most 63 characters',
);
const description = text(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,500}$/u, 'one line of 1 to 500 characters');
const arrival = z.enum(['burst', 'closed', 'open'], { error: '"burst", "closed" or "open"' });
const moment = duration();
const stepsAccepted = 'a list of 1 to 20 steps';
const strategy = text(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,255}$/u, 'the name of a strategy');
const rollout = z.strictObject(
  {
    steps: z
      .array(
        z.strictObject({ at: moment, strategy }, { error: 'a step such as {"at": "1s", "strategy": "cte"}' }),
        { error: stepsAccepted },
      )
      .min(1, { error: stepsAccepted })
      .max(20, { error: stepsAccepted }),
  },
  { error: 'an object with a list of steps' },
);
const gate = z.string({ error: 'a gate such as "p95 < 500ms"' });
/** Gates of a scenario, or of a configuration. */
export const gatesSchema = z
  .array(gate, { error: 'a list of at most 100 gates' })
  .max(100, { error: 'a list of at most 100 gates' });

const checksAccepted = 'a list of at most 20 checks';
const checks = z
  .array(z.string({ error: 'a check such as "mine.throughput >= 0.95 * other.throughput"' }), {
    error: checksAccepted,
  })
  .max(20, { error: checksAccepted });

type LoadShape = { [Name in LoadFieldName]: (typeof LOAD_FIELDS)[Name]['schema'] };
const loadShape = Object.fromEntries(
  LOAD_FIELD_LIST.map(([field, { schema }]) => [field, schema]),
) as LoadShape;

/** A scenario file, field by field; what ties several fields together is in rules.ts. */
export const scenarioFileSchema = z.strictObject(
  {
    name,
    description,
    arrival: arrival.default('burst'),
    ...loadShape,
    rollout: rollout.optional(),
    gates: gatesSchema.default([]),
    checks: checks.optional(),
  },
  { error: 'an object with the fields of a scenario' },
);

/** A scenario file as it was read, with its defaults: `contents` may still follow batches × slots. */
export type ScenarioFile = z.output<typeof scenarioFileSchema>;

export const SCENARIO_FIELDS = Object.keys(scenarioFileSchema.shape);
