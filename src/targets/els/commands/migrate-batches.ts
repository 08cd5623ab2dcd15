import type { ClientBase } from 'pg';
import { findBatches } from '../batches/find.js';
import { analyzeTables } from '../batches/register.js';
import { requireNoDrift } from '../../../database/drift.js';
import { requireAccess } from '../../../database/grants.js';
import { explainConnectFailure, type DatabasePool } from '../../../database/pool.js';
import { requireSchema } from '../../../database/schema.js';
import { transaction } from '../../../database/session.js';
import { requireWritable } from '../../../database/writable.js';
import type { Inventory } from '../engine/assignment.js';
import { InfrastructureError } from '../../../domain/errors.js';
import type {
  BatchMigration,
  MigrationControl,
  MigrationPlan,
  MigrationReport,
  PlannedMigration,
} from '../migrate/migration.js';
import type { StopSignal } from '../../../domain/run-result.js';
import { compareInventories } from '../migrate/copy.js';
import { migrateBatch, putBackIfSwitching } from '../migrate/migrate-batch.js';
import { otherThan } from '../migrate/move.js';
import { findTracker } from '../migrate/tracker.js';
import { requireSessions } from '../../../app/check-pooling.js';
import type { Database } from '../../../app/database.js';
import { inTransaction, withClient } from '../../../database/on-pool.js';

/** Which batches go where. */
export interface Migration {
  /** Undefined: all of the schema. */
  readonly batchIds?: readonly string[] | undefined;
  /** Whether `all of the schema` means those that runs registered too. */
  readonly runsToo?: boolean | undefined;
  readonly to: Inventory;
}

/**
 * Switches batches from one inventory to the other, one after the other, while callers use them.
 *
 * @returns what became of each; fewer than were asked for where a signal or a failure of the surroundings ended it
 * @throws UsageError when the schema or a batch does not exist, the schema drifted, a pooler lends sessions by the transaction, or the role
 *   lacks a privilege; before anything is written
 */
export async function migrate(
  database: Database,
  migration: Migration,
  control: MigrationControl,
): Promise<MigrationReport> {
  await requireSessions(database);
  const chosen = await inTransaction(database.pool, async (client) => {
    await requireSchema(client, database.schema);
    await requireWritable(client, database.address);
    await requireAccess(client, database.schema, 'run');
    await requireNoDrift(client, database.schema, 'all');
    return choose(client, migration);
  });
  return withClient(database.pool, async (client) => {
    const report = await migrateAll(client, database, { ...chosen, to: migration.to }, control);
    if (report.failure === undefined && report.batches.some(({ copied }) => copied > 0)) {
      await transaction(client, () => analyzeTables(client));
    }
    return report;
  });
}

async function migrateAll(
  client: ClientBase,
  { pool, address }: Database,
  { batchIds, leftAlone, to }: ChosenBatches & { readonly to: Inventory },
  control: MigrationControl,
): Promise<MigrationReport> {
  const batches: BatchMigration[] = [];
  const report = { to, batches, plannedBatches: batchIds.length, leftAlone };
  const { signal, onBatch } = control;
  const onUnfinished = (batch: BatchMigration) => void batches.push(batch);
  try {
    for (const batchId of batchIds) {
      signal?.throwIfAborted();
      const batch = await migrateBatch(client, batchId, to, { ...control, onUnfinished });
      batches.push(batch);
      onBatch?.(batch);
    }
    return report;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return { ...report, interrupted: error as StopSignal };
    const failure = explainConnectFailure(address, error);
    if (!(failure instanceof InfrastructureError)) throw error;
    const left = batches.at(-1);
    if (left?.outcome !== 'unfinished' || left.pauseMs === 0) return { ...report, failure };
    return { ...report, failure: await afterPuttingBack(pool, left.batchId, to, failure) };
  }
}

/** The batch's own connection may be lost, and with it what would have put the batch back. */
async function afterPuttingBack(
  pool: DatabasePool,
  batchId: string,
  to: Inventory,
  failure: InfrastructureError,
): Promise<InfrastructureError> {
  try {
    await withClient(pool, (client) => putBackIfSwitching(client, batchId, to));
    return failure;
  } catch (error) {
    const name = JSON.stringify(batchId);
    const advice = `els-assign migrate ${name} --to ${to} resumes, --to ${otherThan(to)} undoes`;
    const message = `${failure.message}; batch ${name} may be left switching, and its callers wait: ${advice}`;
    return new InfrastructureError(failure.code, message, { cause: error });
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
): Promise<MigrationPlan> {
  const { to } = migration;
  const { batchIds, leftAlone } = await inTransaction(pool, async (client) => {
    await requireSchema(client, schema);
    await requireAccess(client, schema, 'read');
    await requireNoDrift(client, schema, 'columns');
    return choose(client, migration);
  });
  const batches: PlannedMigration[] = [];
  for (const batchId of batchIds) {
    batches.push(await inTransaction(pool, (client) => planBatch(client, batchId, to)));
  }
  return { to, batches, leftAlone };
}

async function planBatch(client: ClientBase, batchId: string, to: Inventory): Promise<PlannedMigration> {
  const { inventory } = await findTracker(client, batchId);
  const plan =
    inventory === to ? { pending: 0, disagreements: [] } : await compareInventories(client, batchId, to);
  return { batchId, inventory, ...plan };
}

interface ChosenBatches {
  readonly batchIds: readonly string[];
  /** Batches of runs that were not asked for. */
  readonly leftAlone: number;
}

/** All of the schema, or those that are named, each of which exists. A run at work keeps its batches to itself. */
async function choose(client: ClientBase, { batchIds, runsToo }: Migration): Promise<ChosenBatches> {
  if (batchIds !== undefined) {
    for (const batchId of batchIds) await findTracker(client, batchId);
    return { batchIds, leftAlone: 0 };
  }
  const all = await findBatches(client);
  const chosen = all.filter(({ isOfRun }) => runsToo === true || !isOfRun);
  return { batchIds: chosen.map(({ batchId }) => batchId), leftAlone: all.length - chosen.length };
}
