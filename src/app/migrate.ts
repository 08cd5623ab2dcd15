import type { ClientBase } from 'pg';
import { findBatches } from '../batches/find.js';
import { analyzeTables } from '../batches/register.js';
import { requireAccess } from '../database/grants.js';
import { explainConnectFailure } from '../database/pool.js';
import { requireSchema } from '../database/schema.js';
import { transaction } from '../database/session.js';
import type { DatabaseTarget } from '../database/target.js';
import { requireWritable } from '../database/writable.js';
import type { Inventory } from '../domain/assignment.js';
import { InfrastructureError } from '../domain/errors.js';
import type {
  BatchMigration,
  MigrationControl,
  MigrationReport,
  PlannedMigration,
} from '../domain/migration.js';
import type { StopSignal } from '../domain/run-result.js';
import { planCopy } from '../migrate/copy.js';
import { migrateBatch } from '../migrate/migrate-batch.js';
import { findTracker } from '../migrate/tracker.js';
import { requireSessions } from './check-pooling.js';
import { inTransaction, withClient, type Database } from './database.js';

/** Which batches go where. */
export interface Migration {
  /** Undefined: all of the schema. */
  readonly batchIds?: readonly string[] | undefined;
  readonly to: Inventory;
}

/**
 * Switches batches from one inventory to the other, one after the other, while callers use them.
 *
 * @returns what became of each; fewer than were asked for where a signal or a failure of the surroundings ended it
 * @throws UsageError when the schema or a batch does not exist, a pooler lends sessions by the transaction, or the role
 *   lacks a privilege; before anything is written
 */
export async function migrate(
  database: Database,
  migration: Migration,
  control: MigrationControl,
): Promise<MigrationReport> {
  await requireSessions(database);
  const batchIds = await inTransaction(database.pool, async (client) => {
    await requireSchema(client, database.schema);
    await requireWritable(client, database.target);
    await requireAccess(client, database.schema, 'run');
    return existing(client, migration);
  });
  return withClient(database.pool, async (client) => {
    const work = { client, target: database.target, to: migration.to };
    const report = await migrateAll(work, batchIds, control);
    if (report.failure === undefined && report.batches.some(({ copied }) => copied > 0)) {
      await transaction(client, () => analyzeTables(client));
    }
    return report;
  });
}

async function migrateAll(
  { client, target, to }: { client: ClientBase; target: DatabaseTarget; to: Inventory },
  batchIds: readonly string[],
  control: MigrationControl,
): Promise<MigrationReport> {
  const batches: BatchMigration[] = [];
  const report = { to, batches, plannedBatches: batchIds.length };
  const { signal, onBatch } = control;
  try {
    for (const batchId of batchIds) {
      signal?.throwIfAborted();
      const batch = await migrateBatch(client, batchId, to, control);
      batches.push(batch);
      onBatch?.(batch);
    }
    return report;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return { ...report, interrupted: error as StopSignal };
    const failure = explainConnectFailure(target, error);
    if (failure instanceof InfrastructureError) return { ...report, failure };
    throw error;
  }
}

/**
 * Says what `migrate` would do, as of now, and changes nothing.
 *
 * @throws UsageError when the schema or a batch does not exist, or the role may not read it
 */
export async function planMigration(
  { pool, schema }: Database,
  migration: Migration,
): Promise<PlannedMigration[]> {
  const batchIds = await inTransaction(pool, async (client) => {
    await requireSchema(client, schema);
    await requireAccess(client, schema, 'read');
    return existing(client, migration);
  });
  const batches: PlannedMigration[] = [];
  for (const batchId of batchIds) {
    batches.push(await inTransaction(pool, (client) => planBatch(client, batchId, migration.to)));
  }
  return batches;
}

async function planBatch(client: ClientBase, batchId: string, to: Inventory): Promise<PlannedMigration> {
  const { inventory } = await findTracker(client, batchId);
  const plan = inventory === to ? { pending: 0, disagreements: [] } : await planCopy(client, batchId, to);
  return { batchId, inventory, ...plan };
}

/** All of the schema, or those that are named, each of which exists. */
async function existing(client: ClientBase, { batchIds }: Migration): Promise<readonly string[]> {
  if (batchIds === undefined) return findBatches(client);
  for (const batchId of batchIds) await findTracker(client, batchId);
  return batchIds;
}
