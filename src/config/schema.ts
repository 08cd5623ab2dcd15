import * as z from 'zod';
import { DURATION_ACCEPTED, durationMillis } from '../scenario/duration.js';
import { scenarioFileSchema } from '../scenario/schema.js';

/** Most rounds of a comparison. */
export const MAX_ROUNDS = 1_000;
/** Largest seed. */
export const MAX_SEED = 2 ** 32 - 1;

// Every `error` says what is accepted; descriptions are shown by editors.

const scenario = scenarioFileSchema.shape;

function wholeNumber(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

function flag() {
  return z.boolean({ error: 'true or false' });
}

/** Names or paths; flags separate them by commas. */
function names(what: string) {
  const error = `a list of 1 to 100 ${what}`;
  const each = `the name or path of one of ${what}, without a comma, no URL`;
  const name = z.string({ error: each }).regex(/^(?!.*:\/\/)\s*[^,\s][^,]*$/, { error: each });
  return z.array(name, { error }).min(1, { error }).max(100, { error });
}

function duration() {
  return z
    .string({ error: DURATION_ACCEPTED })
    .refine((given) => durationMillis(given) !== undefined, { error: DURATION_ACCEPTED });
}

const VARIABLE = 'the name of an environment variable, such as CI_DATABASE_URL; never the URL itself';

/** A configuration file, field by field: what `compare` takes as flags, and where the database is. */
export const configSchema = z.strictObject(
  {
    $schema: z.string({ error: 'the address of the JSON Schema' }).optional(),
    databaseUrlVariable: z
      .string({ error: VARIABLE })
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: VARIABLE })
      .describe('Name of the environment variable that holds the URL of the database; every command uses it.')
      .optional(),
    schema: z
      .string({ error: 'the name of a schema' })
      .describe('Schema that holds the tables; every command uses it.')
      .optional(),
    strategies: names('strategies')
      .describe('legacy, cte, inventory, or paths of SQL files, from this file on.')
      .optional(),
    scenarios: names('scenarios')
      .describe('Built-in names, or paths of files, from this file on.')
      .optional(),
    gates: scenario.gates
      .unwrap()
      .describe('Gates that must hold in every run besides those of its scenario.')
      .optional(),
    rounds: wholeNumber(1, MAX_ROUNDS).describe('Interleaved rounds.').optional(),
    batches: scenario.batches.unwrap().describe('Number of batches.').optional(),
    slots: scenario.slots.describe('Slots of each batch.').optional(),
    contents: scenario.contents.unwrap().describe('Distinct contents of a whole run.').optional(),
    deliveries: scenario.deliveries.unwrap().describe('How often each content is delivered.').optional(),
    workers: scenario.workers.unwrap().describe('Worker processes.').optional(),
    connections: scenario.connections.unwrap().describe('Connections of each worker.').optional(),
    bulk: scenario.bulk.unwrap().describe('Contents that one call assigns.').optional(),
    duration: duration().describe('Length of closed and open loops, e.g. 5s.').optional(),
    rate: scenario.rate
      .unwrap()
      .describe('Calls per second of all workers together: makes an open loop of every scenario.')
      .optional(),
    spacing: scenario.spacing.unwrap().describe('Gaps between the calls of open loops.').optional(),
    stages: scenario.stages
      .unwrap()
      .describe('Ramps of open loops from the rate on; they take the place of a duration.')
      .optional(),
    latencyLimit: duration()
      .describe('Calls of open loops that end later are late; those that could only start later are skipped.')
      .optional(),
    timeout: duration().describe('Deadline of one call, with its retries, e.g. 10s.').optional(),
    rttMs: scenario.rttMs
      .unwrap()
      .describe('Network round-trip time to simulate, in milliseconds.')
      .optional(),
    faults: scenario.faults.unwrap().describe('What is broken on purpose, e.g. kill-worker@1s.').optional(),
    prepare: flag()
      .describe('false: unnamed statements, settings in each transaction, for poolers in transaction mode.')
      .optional(),
    seed: wholeNumber(0, MAX_SEED).describe('Repeats the workload of an earlier comparison.').optional(),
    advisoryLocks: flag().describe('Run closed loops with advisory locks instead of without.').optional(),
    allowInconclusive: flag().describe('A verdict that is unknown does not fail the command.').optional(),
    baseline: z
      .string({ error: 'the path of a file' })
      .min(1, { error: 'the path of a file' })
      .describe('What `--save-baseline` wrote, from this file on.')
      .optional(),
    keep: flag().describe("Leave the runs' batches in the database.").optional(),
  },
  { error: 'an object with the fields of a configuration' },
);

/** A configuration file as it was read. */
export type Config = z.output<typeof configSchema>;

export const CONFIG_FIELDS = Object.keys(configSchema.shape);

/** The JSON Schema of a configuration file, for editors; what is published is schema/config.schema.json. */
export function configJsonSchema(): unknown {
  return { title: 'els-assign.config.json', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}
