import type { ClientBase } from 'pg';
import type { Inventory } from '#els/domain/assignment.js';
import type { BatchMigration, MigrationControl } from '#els/domain/migration.js';
import { migrateBatch } from '#els/migrate/migrate-batch.js';
import type { TestDatabase } from '../support/database.js';

/** Migrates a batch on a connection of its own. */
export function migrate(
  db: TestDatabase,
  batchId: string,
  to: Inventory,
  control: Partial<MigrationControl> = {},
): Promise<BatchMigration> {
  return onClient(db, (client) => migrateBatch(client, batchId, to, { pauseLimitMs: 10_000, ...control }));
}

export async function onClient<T>(db: TestDatabase, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

/** How a batch is filled, as its tracker says. */
export async function inventoryOf(db: TestDatabase, batchId: string): Promise<string | undefined> {
  const [row] = await db.query<{ inventory: string }>(
    'select inventory from batch_essay_trackers where batch_id = $1',
    [batchId],
  );
  return row?.inventory;
}

/** Makes a batch look as a migration leaves it that is killed while callers wait. */
export async function leaveSwitching(db: TestDatabase, batchId: string, to: Inventory): Promise<void> {
  await db.query(
    `update batch_essay_trackers set inventory = 'switching', switching_to = $2 where batch_id = $1`,
    [batchId, to],
  );
}
