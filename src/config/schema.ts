import * as z from 'zod';
import {
  duration,
  LOAD_FIELD_LIST,
  wholeNumber,
  type LOAD_FIELDS,
  type LoadFieldName,
} from '../scenario/fields.js';
import { MAX_SEED } from '../scenario/flag-values.js';
import { gatesSchema } from '../scenario/schema.js';
import { TARGET_NAMES } from '../targets/resolve.js';

/** Most rounds of a comparison. */
export const MAX_ROUNDS = 1_000;

// Every `error` says what is accepted; descriptions are shown by editors.

/** A field that may be left out, or has a default, as it is when it is given. */
type Given<Schema> = Schema extends z.ZodOptional<infer Inner> | z.ZodDefault<infer Inner> ? Inner : Schema;
type LoadShape = {
  [Name in LoadFieldName]: z.ZodOptional<Given<(typeof LOAD_FIELDS)[Name]['schema']> & z.ZodType>;
};

/** The fields of a load: none need be given, and none has a default of its own here. */
const loadShape = Object.fromEntries(
  LOAD_FIELD_LIST.map(([field, { schema, description }]) => {
    const given =
      schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.unwrap() : schema;
    return [field, (given as z.ZodType).describe(description).optional()];
  }),
) as LoadShape;

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
      .describe(`${TARGET_NAMES.join(', ')}, or paths of SQL files, from this file on.`)
      .optional(),
    scenarios: names('scenarios')
      .describe('Built-in names, or paths of files, from this file on.')
      .optional(),
    gates: gatesSchema
      .describe('Gates that must hold in every run besides those of its scenario.')
      .optional(),
    rounds: wholeNumber(1, MAX_ROUNDS).describe('Interleaved rounds.').optional(),
    ...loadShape,
    timeout: duration().describe('Deadline of one call, with its retries, e.g. 10s.').optional(),
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
