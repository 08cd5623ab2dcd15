import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withClient } from '#els/database/on-pool.js';
import { checkStatements } from '#els/targets/sql/check.js';
import { readTargetFile } from '#els/targets/sql/file.js';
import { useDatabase } from '../../support/database.js';
import { usageErrorOf } from '../../scenario/usage-error.js';

const db = useDatabase();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-target-check-'));
  await db.query('create table seats (event text, number integer, holder text)');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const GOOD: Readonly<Record<string, string>> = {
  register: 'insert into seats select :batch_id, generate_series(1, :slots::integer)',
  sql: "select number::text as slot_id, 'created' as outcome from seats where event = :batch_id and holder = :content_id",
  assignments:
    'select event as batch_id, number as slot_id, holder as content_id from seats where event = any(:batch_ids)',
  remove: 'delete from seats where event = any(:batch_ids)',
};

async function check(changed: Readonly<Record<string, string>>, more: object = {}): Promise<void> {
  const files = { ...GOOD, ...changed };
  for (const [field, sql] of Object.entries(files)) await writeFile(join(folder, `${field}.sql`), sql);
  const fields = Object.fromEntries(Object.keys(files).map((field) => [field, `${field}.sql`]));
  const path = join(folder, 'seats.target.json');
  await writeFile(path, JSON.stringify({ ...fields, ...more }));
  const definition = await readTargetFile(path);
  await withClient(db.pool, (client) => checkStatements(client, definition));
}

it('accepts statements that return what they must, and no slot where places are counted', async () => {
  await check({});
  const noSlot = {
    sql: "select 'created' as outcome from seats where event = :batch_id",
    assignments: 'select event as batch_id, holder as content_id from seats where event = any(:batch_ids)',
  };
  await check(noSlot, { places: 'counted' });
});

it.each([
  [
    'sql',
    'select number as seat from seats',
    'sql: it returns no column slot_id, but seat; accepted: slot_id, outcome',
  ],
  ['sql', 'delete from seats', 'sql: it returns no column slot_id, but nothing; accepted: slot_id, outcome'],
  [
    'assignments',
    'select event as batch_id, number as slot_id from seats where event = any(:batch_ids)',
    'assignments: it returns no column content_id, but batch_id, slot_id; accepted: batch_id, slot_id, content_id',
  ],
  [
    'register',
    'insert into seats\nvalues (:batch_id, :slots, 1, 2)',
    'register: PostgreSQL cannot prepare it: INSERT has more expressions than target columns (near line 2)',
  ],
  [
    'remove',
    'delete from chairs',
    'remove: PostgreSQL cannot prepare it: relation "chairs" does not exist (near line 1)',
  ],
  [
    'audits',
    'selec 1',
    'audits: audits: PostgreSQL cannot prepare it: syntax error at or near "selec" (near line 1)',
  ],
])('refuses %s by what the server says of it: %s', async (field, sql, why) => {
  const refused = await usageErrorOf(() => check({ [field]: sql }));
  const path = JSON.stringify(join(folder, 'seats.target.json'));
  expect(refused).toEqual({ code: 'invalid_target', message: `target file ${path}: ${why}` });
  expect(await db.query('select * from seats')).toEqual([]);
});
