import { grantAccess, requireAccess } from '../database/grants.js';
import { mendSchema, requireNoDrift, type Mending } from '../database/drift.js';
import { findOrCreateSchema, type SetupOutcome } from '../database/schema.js';
import { requireWritable } from '../database/writable.js';
import { UsageError } from '../domain/errors.js';
import type { Target } from '../target/target.js';
import { checkTarget } from '../targets/resolve.js';
import type { Database } from './database.js';
import { inTransaction } from '../database/on-pool.js';

export { TABLES } from '../database/drift.js';
export { leftError, setupScript, type SetupOutcome } from '../database/schema.js';

/** What `setUp` is to do besides creating what is missing. */
export interface SetupOptions {
  /** Creates the tables anew. */
  readonly reset: boolean;
  /** Roles that are to put loads on the tables. */
  readonly runners?: readonly string[] | undefined;
  /** Roles that are to read the tables. */
  readonly readers?: readonly string[] | undefined;
}

/** What `setUp` did. */
export interface SetupReport {
  readonly outcome: SetupOutcome;
  /** Where the schema was there and not as it should be. */
  readonly mending: Mending;
  /** The statements that granted something. */
  readonly grants: readonly string[];
}

/**
 * Creates the schema, or finds it created and mends what can be mended without losing a row, and grants roles what they
 * need. All or nothing, but for what cannot be mended: that is told.
 *
 * @throws UsageError when the schema is not ours, a role does not exist, or this one may not do it
 * @throws InfrastructureError where nothing can be written
 */
export function setUp(
  { pool, schema, address }: Database,
  { reset, runners = [], readers = [] }: SetupOptions,
): Promise<SetupReport> {
  return inTransaction(pool, async (client) => {
    await requireWritable(client, address);
    const found = await findOrCreateSchema(client, schema, { reset });
    const mending = found === 'kept' ? await mendSchema(client, schema) : { mended: [], left: [] };
    const outcome = mending.mended.length > 0 ? 'mended' : found;
    const grants: string[] = [];
    for (const role of runners) grants.push(...(await grantAccess(client, schema, role, 'run')));
    for (const role of readers) grants.push(...(await grantAccess(client, schema, role, 'read')));
    return { outcome, mending, grants };
  });
}

/**
 * Makes a database ready for a run: the schema is there and as it should be, and PostgreSQL can prepare what
 * targets bring. All in one transaction: where one is refused, the database is as it was.
 *
 * @throws UsageError when the schema is not ours or drifted, the role lacks a privilege, or a target is refused
 * @throws InfrastructureError where nothing can be written
 */
export function prepareDatabase(database: Database, targets: readonly Target[]): Promise<SetupOutcome> {
  return inTransaction(database.pool, async (client) => {
    await requireWritable(client, database.address);
    const outcome = await findOrCreateSchema(client, database.schema, { reset: false });
    await requireAccess(client, database.schema, 'run');
    await requireNoDrift(client, database.schema, 'all', database.remedy);
    for (const target of targets) await checkTarget(client, target);
    return outcome;
  });
}

/**
 * Makes a database ready to record the runs of a target with a schema of its own. Where that is the target's own on the
 * tool's server, it is mended first as `setUp` does.
 *
 * @returns why they cannot be recorded there; undefined: they can
 * @throws UsageError when the schema is not ours or drifted, InfrastructureError where nothing can be written
 */
export async function prepareRecords(database: Database): Promise<string | undefined> {
  try {
    if (database.remedy !== undefined) await setUp(database, { reset: false });
    await prepareDatabase(database, []);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError && error.code === 'missing_privilege') return error.message;
    throw error;
  }
}
