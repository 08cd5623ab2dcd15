import type { ClientBase } from 'pg';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import type { BatchMigration, MigrationControl } from '#els/targets/els/migrate/migration.js';
import { loadStatement } from '#els/database/statement.js';
import { migrateBatch } from '#els/targets/els/migrate/migrate-batch.js';
import type { TestDatabase } from '../support/database.js';

/** What a test does at a moment of a migration that is no step of it. */
export interface Meanwhile {
  /** When all is done that can be done while callers go on. */
  readonly beforeMark?: () => Promise<void>;
}

/** Migrates a batch on a connection of its own. */
export function migrate(
  db: TestDatabase,
  batchId: string,
  to: Inventory,
  { beforeMark, ...control }: Partial<MigrationControl> & Meanwhile = {},
): Promise<BatchMigration> {
  return onClient(db, async (client) => {
    const restore = beforeMark && interceptMark(client, beforeMark);
    return migrateBatch(client, batchId, to, { pauseLimitMs: 10_000, ...control }).finally(restore);
  });
}

const MARK = loadStatement('migrate/mark').text;

function interceptMark(client: ClientBase, beforeMark: () => Promise<void>): () => void {
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const intercepted = async (...args: unknown[]) => {
    if (args[0] === MARK) await beforeMark();
    return query(...args);
  };
  Object.assign(client, { query: intercepted });
  return () => void Reflect.deleteProperty(client, 'query');
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
export async function leaveSwitching(
  db: TestDatabase,
  batchId: string,
  to: Inventory,
  ago = '0 seconds',
): Promise<void> {
  await db.query(
    `update batch_essay_trackers
     set inventory = 'switching', switching_to = $2, migrated_at = now() - $3::interval where batch_id = $1`,
    [batchId, to, ago],
  );
}
