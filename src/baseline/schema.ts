import * as z from 'zod';
import { MOST_BASELINE_ROUNDS } from '../domain/baseline.js';

/** The only version there is. */
export const BASELINE_VERSION = 1;
export const BASELINE_KIND = 'els-assign-baseline';

// Every `error` says what is accepted.

const text = z.string({ error: 'a text' });
const flag = z.boolean({ error: 'true or false' });
const measured = z.number({ error: 'a positive number' }).positive({ error: 'a positive number' });
const count = z.number({ error: 'a whole number from 1' }).int({ error: 'a whole number from 1' }).min(1, {
  error: 'a whole number from 1',
});

const tool = z.object({ name: text, version: text }, { error: 'an object' });

const environment = z.strictObject(
  {
    postgresVersion: text,
    pooling: z.enum(['none', 'session', 'transaction'], { error: 'none, session or transaction' }),
    preparedStatements: flag,
    nodeVersion: text,
    cpus: count,
    embedded: flag,
    synchronousCommit: text,
    fsync: text,
    fullPageWrites: text,
    autovacuum: text,
  },
  { error: 'the environment that --json prints' },
);

const round = z.strictObject(
  {
    round: count,
    throughputPerSecond: measured,
    latencyMicros: z.strictObject(
      { mean: measured, p50: measured, p95: measured, p99: measured },
      { error: 'an object with mean, p50, p95 and p99' },
    ),
  },
  { error: 'an object' },
);

const ROUNDS = `a list of 1 to ${MOST_BASELINE_ROUNDS} rounds`;

/** Of a scenario: a text, a number, a yes or no, or a list of slots, stages or faults. */
const SHAPE_VALUE =
  'a text, a number, true, false, or a list of numbers or of objects with texts and numbers';
const scalar = z.union([z.string(), z.number()]);
const listed = z.union([z.number(), z.record(z.string(), scalar)]);
const shapeValue = z.union([scalar, z.boolean(), z.array(listed)], { error: SHAPE_VALUE });

const row = z.strictObject(
  {
    scenario: text,
    strategy: text,
    advisoryLocks: flag,
    shape: z.record(z.string(), shapeValue, { error: 'an object' }),
    rounds: z
      .array(round, { error: ROUNDS })
      .min(1, { error: ROUNDS })
      .max(MOST_BASELINE_ROUNDS, { error: ROUNDS }),
  },
  { error: 'an object' },
);

/** A baseline file, apart from what says that it is one. */
export const baselineSchema = z.strictObject(
  {
    tool,
    measuredAt: z.iso.datetime({ error: 'a moment such as 2026-01-31T12:00:00.000Z' }),
    environment,
    rows: z.array(row, { error: 'a list of rows' }).min(1, { error: 'a list of rows' }),
  },
  { error: 'an object' },
);

export const BASELINE_FIELDS = ['kind', 'schemaVersion', ...Object.keys(baselineSchema.shape)];
