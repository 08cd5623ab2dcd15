import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { inTransaction } from '#els/database/on-pool.js';
import { findBatchesOfTarget, ForeignBatches, UnrecordedBatches } from '#els/runs/foreign-batches.js';
import { builtInHost } from '#els/targets/resolve.js';
import { newBatch } from '../engine/support/variants.js';
import { useDatabase } from '../support/database.js';

// Records of batches on tables that are not the tool's go when their target has removed them, and by nothing else.

const db = useDatabase();
const target = { name: 'seats', file: '/somewhere/seats.target.ts' };
const records = () => new ForeignBatches(db.pool, target);
const done = () => Promise.resolve();

const recorded = async () =>
  (await db.query<{ batch_id: string }>('select batch_id from run_batches order by batch_id')).map(
    (row) => row.batch_id,
  );

beforeEach(async () => {
  await db.query('delete from run_batches');
  await records().record('seats', [{ runId: 'theirs', batchIds: ['one', 'two'] }], [], undefined);
});

it('outlive a removal of their run from the tool’s own tables', async () => {
  const host = builtInHost({ pool: db.pool, schema: db.schema });
  await host.remove(['theirs']);
  expect(await host.removeIdle(['theirs'])).toEqual([]);
  expect(await recorded()).toEqual(['one', 'two']);
  expect((await host.countsOfRuns()).has('theirs')).toBe(false);
});

it('stay where the target fails to remove them', async () => {
  const failing = () => Promise.reject(new Error('locked'));
  await expect(records().remove(['theirs'], failing, true)).rejects.toThrow('locked');
  expect(await recorded()).toEqual(['one', 'two']);
});

it('go behind them, and those of the tool’s own tables stay', async () => {
  const own = await newBatch(db, 'slots', 1);
  const removed: string[] = [];
  const remove = (batchIds: readonly string[]) => {
    removed.push(...batchIds);
    return done();
  };
  await records().remove(['theirs', `run-${own}`], remove, false);
  expect(removed).toEqual(['one', 'two']);
  expect(await recorded()).toEqual([own]);
});

it('are found by the file of their target, and by its name where that file is gone', async () => {
  const of = (name: string, file: string) =>
    inTransaction(db.pool, (client) => findBatchesOfTarget(client, { name, file }));
  expect(await of('seats', '/moved/seats.target.ts')).toEqual(['one', 'two']);
  const there = { name: 'seats', file: fileURLToPath(import.meta.url) };
  await new ForeignBatches(db.pool, there).record(
    'seats',
    [{ runId: 'ours', batchIds: ['three'] }],
    [],
    undefined,
  );
  expect(await of('seats', '/moved/seats.target.ts')).toEqual(['one', 'two']);
  expect(await of('renamed', there.file)).toEqual(['three']);
  expect(await of('renamed', target.file)).toEqual(['one', 'two']);
  expect(await of('vouchers', '/somewhere/vouchers.target.json')).toEqual([]);
});

it('are kept by the command alone where there is no schema for them', async () => {
  const batches = new UnrecordedBatches('no right to');
  await batches.record('seats', [{ runId: 'ours', batchIds: ['three'] }]);
  expect(batches.notes).toEqual([expect.stringMatching(/not recorded: no right to$/)]);
  const removed: string[] = [];
  const remove = (batchIds: readonly string[]) => {
    removed.push(...batchIds);
    return done();
  };
  await batches.remove(['ours'], remove);
  await batches.remove(['ours'], remove);
  expect(removed).toEqual(['three']);
  expect(await recorded()).toEqual(['one', 'two']);
});
