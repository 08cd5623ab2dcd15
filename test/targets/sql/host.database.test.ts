import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UnrecordedBatches } from '#els/runs/foreign-batches.js';
import { readTargetFile } from '#els/targets/sql/file.js';
import { SqlHost } from '#els/targets/sql/host.js';
import { useDatabase } from '../../support/database.js';

const db = useDatabase();
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'els-sql-host-'));
  await db.query('create table places (event bigint, number integer, holder bigint)');
});
afterAll(() => rmSync(folder, { recursive: true }));

const PLAIN: Readonly<Record<string, string>> = {
  register:
    'insert into places select :batch_id::bigint, generate_series(1, :slots::integer) returning number as slot_id',
  sql: "select number as slot_id, 'created' as outcome from places where holder = :content_id::bigint",
  remove: 'delete from places where event::text = any(:batch_ids)',
};

/** A host of a target whose file has other statements for some fields. */
async function hostOf(changed: Readonly<Record<string, string>>): Promise<SqlHost> {
  const statements = { ...PLAIN, ...changed };
  for (const [field, sql] of Object.entries(statements)) writeFileSync(join(folder, `${field}.sql`), sql);
  const fields = Object.fromEntries(Object.keys(statements).map((field) => [field, `${field}.sql`]));
  const path = join(folder, 'places.target.json');
  writeFileSync(path, JSON.stringify({ ...fields, places: 'named' }));
  return new SqlHost(new UnrecordedBatches('a test'), db.pool, await readTargetFile(path));
}

it('reads the columns by which an audit names what its rows are about', async () => {
  const audits =
    'select 7::bigint as batch_id, 3 as content_id, 1 as slot_id, true as paid where cardinality(:batch_ids::text[]) > 0';
  const [audit] = await (await hostOf({ audits })).audit(['7']);
  expect(audit?.rows).toEqual([{ batchId: '7', contentId: 3, slotId: 1, paid: true }]);
});
