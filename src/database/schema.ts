import type { ClientBase } from 'pg';
import pg from 'pg';
import { UsageError } from '../domain/errors.js';
import { driftError, mendSchema, requireNoDrift } from './drift.js';
import { isForbidden, serverError } from './failure.js';
import { bindValues, loadStatement, readSql } from './statement.js';

/** What `setupSchema` did. */
export type SetupOutcome = 'created' | 'kept' | 'mended' | 'reset';

const LOCK = loadStatement('database/lock-setup');
const FIND = loadStatement('database/find-schema');

/** PostgreSQL cuts longer identifiers off silently (NAMEDATALEN − 1). */
const MAX_IDENTIFIER_BYTES = 63;

/**
 * Checks a schema's name before anything connects.
 *
 * @throws UsageError when PostgreSQL would refuse, cut off or reserve the name
 */
export function checkSchemaName(schema: string): void {
  const bytes = Buffer.byteLength(schema);
  if (bytes === 0 || bytes > MAX_IDENTIFIER_BYTES || schema.includes('\0') || schema.startsWith('pg_')) {
    throw new UsageError(
      'invalid_schema',
      `--schema ${JSON.stringify(schema)}: accepted is a name of 1 to ${MAX_IDENTIFIER_BYTES} bytes that does not begin with pg_`,
    );
  }
}

/**
 * Creates the tool's schema, or finds it created and mends what is missing or differs, as far as that loses nothing.
 * Call it in a transaction: it is all or nothing.
 *
 * @param client whose search_path is the schema
 * @param options.reset drop the tool's objects first, an older version's too, and create them anew
 * @throws UsageError when the schema exists and this tool did not create it, or another version of it did;
 *   `schema_drift` when it is not as it should be and cannot be mended
 */
export async function setupSchema(
  client: ClientBase,
  schema: string,
  options: { readonly reset: boolean },
): Promise<SetupOutcome> {
  const outcome = await findOrCreateSchema(client, schema, options);
  if (outcome !== 'kept') return outcome;
  const { mended, left } = await mendSchema(client, schema);
  if (left.length > 0) throw leftError(schema, left);
  return mended.length > 0 ? 'mended' : 'kept';
}

/** What `setup` says of differences that it could not mend. */
export function leftError(schema: string, left: readonly string[]): UsageError {
  const name = JSON.stringify(schema);
  const remedy = `mend it by hand, or els-assign setup --schema ${name} --reset creates all anew and loses what is in it`;
  return driftError(schema, left, remedy);
}

/**
 * Creates the tool's schema, or finds it created, in whatever state. Call it in a transaction: it is all or nothing.
 *
 * @param client whose search_path is the schema
 * @param options.reset drop the tool's objects first, an older version's too, and create them anew
 * @throws UsageError when the schema exists and this tool did not create it, or another version of it did
 */
export async function findOrCreateSchema(
  client: ClientBase,
  schema: string,
  options: { readonly reset: boolean },
): Promise<Exclude<SetupOutcome, 'mended'>> {
  await client.query(LOCK.text, bindValues(LOCK, { schema }));
  const found = await find(client, schema);
  if (found?.mark === 'ours' && !options.reset) return 'kept';
  if (found !== undefined && !(options.reset && isResettable(found))) throw refusal(schema, found);
  if (found !== undefined) await dropObjects(client, schema);
  else await createSchema(client, schema);
  await client.query(readSql('schema'));
  await client.query(loadStatement('database/mark-schema', { schema }).text);
  return found === undefined ? 'created' : 'reset';
}

async function createSchema(client: ClientBase, schema: string): Promise<void> {
  try {
    await client.query(loadStatement('database/create-schema', { schema }).text);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    throw new UsageError(
      'missing_privilege',
      `schema ${JSON.stringify(schema)} does not exist and this role may not create it (${(error as Error).message}); ` +
        'accepted: a role with CREATE on the database, or a schema that its owner made with els-assign setup --grant',
      { cause: error },
    );
  }
}

/**
 * Makes sure that a schema is there for a command that only reads.
 *
 * @throws UsageError when it is not, or is not this tool's
 */
export async function requireSchema(client: ClientBase, schema: string): Promise<void> {
  const found = await find(client, schema);
  if (found?.mark === 'ours') return;
  if (found !== undefined) throw refusal(schema, found);
  throw new UsageError(
    'no_schema',
    `schema ${JSON.stringify(schema)} does not exist; create it with els-assign setup`,
  );
}

/**
 * Makes sure that a schema of the tool holds what is read of it. Any other may hold the same tables.
 *
 * @param client whose search_path is the schema, in a transaction
 * @param remedy as in `requireNoDrift`
 * @throws UsageError `schema_drift`
 */
export async function requireColumns(client: ClientBase, schema: string, remedy?: string): Promise<void> {
  if ((await find(client, schema))?.mark === 'ours') await requireNoDrift(client, schema, 'columns', remedy);
}

/** A schema that is there, and which version of the tool created it. */
type Found =
  | { readonly mark: 'foreign' }
  | { readonly mark: 'ours' | 'older' | 'newer'; readonly version: number; readonly ownVersion: number };

async function find(client: ClientBase, schema: string): Promise<Found | undefined> {
  const { rows } = await client.query<Found>(FIND.text, bindValues(FIND, { schema }));
  return rows[0];
}

/** A newer version may have made objects that this one does not know. */
function isResettable({ mark }: Found): boolean {
  return mark === 'ours' || mark === 'older';
}

function refusal(schema: string, found: Found): UsageError {
  return new UsageError('foreign_schema', `schema ${JSON.stringify(schema)} ${refusalReason(found)}`);
}

function refusalReason(found: Found): string {
  if (found.mark === 'foreign') {
    return 'exists and was not created by els-assign; it is left untouched. Choose another with --schema';
  }
  const versions = `of els-assign (schema version ${found.version}, this one has ${found.ownVersion})`;
  return found.mark === 'newer'
    ? `was created by a newer version ${versions}; it is left untouched. Use that version, or choose another with --schema`
    : `was created by an older version ${versions}; it is left untouched. Create it anew with els-assign setup ` +
        '--reset, which loses what is in it, or choose another with --schema';
}

const DEPENDENT_OBJECTS_STILL_EXIST = '2BP01';

async function dropObjects(client: ClientBase, schema: string): Promise<void> {
  try {
    await client.query(readSql('database/drop-objects'));
  } catch (error) {
    const sent = serverError(error);
    if (sent === undefined || !(sent.code === DEPENDENT_OBJECTS_STILL_EXIST || isForbidden(error)))
      throw error;
    throw new UsageError(
      'foreign_dependency',
      `schema ${JSON.stringify(schema)} cannot be reset: ${sent.message}${sent.detail ? ` (${sent.detail.split('\n')[0]})` : ''}`,
      { cause: error },
    );
  }
}

/**
 * The SQL of `setup` as a script that psql runs.
 *
 * @param schema name of the schema, quoted by the driver
 * @throws UsageError for a name that PostgreSQL would refuse
 */
export function setupScript(schema: string): string {
  checkSchemaName(schema);
  return [
    'begin;',
    `${loadStatement('database/create-schema', { schema }).text.trimEnd()};`,
    `set local search_path to ${pg.escapeIdentifier(schema)};`,
    readSql('schema').trimEnd(),
    `${loadStatement('database/mark-schema', { schema }).text.trimEnd()};`,
    'commit;',
    '',
  ].join('\n');
}
