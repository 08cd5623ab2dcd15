import { expect, it } from 'vitest';
import { withDatabase } from '#els/app/database.js';
import { migrate } from '#els/targets/els/commands/migrate-batches.js';
import type { MigrationControl, MigrationReport } from '#els/targets/els/migrate/migration.js';
import { bindValues, loadStatement } from '#els/database/statement.js';
import { newBatch } from '../engine/support/variants.js';
import { withForeign } from '../engine/support/hold.js';
import { inventoryOf } from '../migrate/support.js';
import { useDatabase } from '../support/database.js';

const db = useDatabase();
const HOLDER = loadStatement('migrate/holder');

function migrateAll(
  batchIds: readonly string[],
  control: Partial<MigrationControl>,
): Promise<MigrationReport> {
  const options = { databaseUrl: db.url, schema: db.schema, env: {} };
  return withDatabase(options, (database) =>
    migrate(database, { batchIds, to: 'essays' }, { pauseLimitMs: 10_000, ...control }),
  );
}

/** Ends the session that migrates a batch. */
async function endMigration(batchId: string): Promise<void> {
  const values = bindValues(HOLDER, { batch_id: batchId });
  const [holder] = await db.query<{ pid: number }>(HOLDER.text, values);
  await db.query('select pg_terminate_backend($1, 10000)', [holder?.pid]);
}

it('puts a batch back by another connection when its own is lost, and tells what was done before', async () => {
  const batchIds = [await newBatch(db, 'slots', 1), await newBatch(db, 'slots', 1)];
  const [first = '', second = ''] = batchIds;
  const onStep = (batchId: string, step: string) =>
    batchId === second && step === 'drained' ? endMigration(batchId) : Promise.resolve();
  const { batches, failure } = await migrateAll(batchIds, { onStep });
  expect(batches.map(({ outcome }) => outcome)).toEqual(['migrated', 'unfinished']);
  expect(batches[1]?.pauseMs).toBeGreaterThan(0);
  expect(failure?.code).toBe('database_unavailable');
  expect(failure?.message).not.toContain('left switching');
  expect([await inventoryOf(db, first), await inventoryOf(db, second)]).toEqual(['essays', 'slots']);
});

it('says how to go on where it cannot put a batch back', async () => {
  const batchId = await newBatch(db, 'slots', 1);
  const failure = await withForeign(db, async (foreign) => {
    const onStep = async (_: string, step: string) => {
      if (step !== 'drained') return;
      await foreign.query('select 1 from batch_essay_trackers where batch_id = $1 for update', [batchId]);
      await endMigration(batchId);
    };
    return (await migrateAll([batchId], { onStep })).failure;
  });
  expect(failure?.message).toContain(
    `; batch "${batchId}" may be left switching, and its callers wait: els-assign migrate "${batchId}" --to essays resumes, --to slots undoes`,
  );
  expect(await inventoryOf(db, batchId)).toBe('switching');
});
