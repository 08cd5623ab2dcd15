import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import type { Host, Registration } from '#els/target/host.js';
import { openHost, type OpenedHost } from '#els/targets/hosts.js';
import { resolveTarget } from '#els/targets/resolve.js';
import type { StepLimits } from '#els/targets/step.js';
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

const opened: OpenedHost[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** A host of a target whose file has other statements for some fields. */
async function hostOf(changed: Readonly<Record<string, string>>, limits: StepLimits = {}): Promise<Host> {
  const statements = { ...PLAIN, ...changed };
  for (const [field, sql] of Object.entries(statements)) writeFileSync(join(folder, `${field}.sql`), sql);
  const fields = Object.fromEntries(Object.keys(statements).map((field) => [field, `${field}.sql`]));
  const path = join(folder, 'places.target.json');
  writeFileSync(path, JSON.stringify({ ...fields, places: 'named' }));
  const separator = db.url.includes('?') ? '&' : '?';
  const url = `${db.url}${separator}options=${encodeURIComponent(`-c search_path=${db.schema}`)}`;
  const address = withConnectionString('--database-url', url);
  const place = {
    address,
    schema: db.schema,
    pool: db.pool,
    pooling: 'none',
    notRecorded: 'a test',
  } as const;
  const host = await openHost(await resolveTarget(path, false), { ...place, ...limits });
  opened.push(host);
  return host.host;
}

it('reads the columns by which an audit names what its rows are about', async () => {
  const audits =
    'select 7::bigint as batch_id, 3 as content_id, 1 as slot_id, true as paid where cardinality(:batch_ids::text[]) > 0';
  const { audits: found } = await (await hostOf({ audits })).read(['7'], { rightAfterRun: true });
  expect(found[0]?.rows).toEqual([{ batchId: '7', contentId: 3, slotId: 1, paid: true }]);
});

/** A registration of one batch of two slots. */
const REGISTRATION: Registration = {
  groups: [{ runId: 'r1', batchIds: ['7'], slots: 2, form: '', contentIdsOf: () => [] }],
  strategy: 'places',
  records: [],
};

/** Sessions that are at a step of these targets. */
const atWork = () =>
  db.query(
    "select 1 from pg_stat_activity where state <> 'idle' and pid <> pg_backend_pid() and (query like '%pg_sleep(28%' or query like 'delete from places %')",
  );

describe('a statement that hangs is ended after its time, and named', () => {
  const SHORT = { stepMs: 700 };
  const hung = (what: string) => ({
    code: 'target_hung',
    message: expect.stringMatching(
      new RegExp(`^target file ".*places.target.json": ${what} did not answer within 0.7 s; it was ended$`),
    ) as string,
  });
  const sleeping = (what: string) => `${what}; select pg_sleep(28)`;

  it('setup', async () => {
    await expect(hostOf({ setup: sleeping('create table never (a text)') }, SHORT)).rejects.toMatchObject(
      hung('setup'),
    );
    expect(await db.query("select 1 from pg_class where relname = 'never'")).toEqual([]);
    expect(await atWork()).toEqual([]);
  });

  it('register, which leaves nothing behind', async () => {
    const register = 'insert into places select :batch_id::bigint, 1 from pg_sleep(28 * :slots::integer)';
    const host = await hostOf({ register }, SHORT);
    await expect(host.register(REGISTRATION)).rejects.toMatchObject(hung('register'));
    expect(await atWork()).toEqual([]);
    expect(await db.query('select 1 from places')).toEqual([]);
  });

  it('assignments and audits', async () => {
    const assignments =
      'select event as batch_id, number as slot_id, holder as content_id from places where event::text = any(:batch_ids)';
    const sleeps = 'select pg_sleep(28), :batch_ids::text[]';
    const audited = await hostOf({ assignments, audits: sleeps }, SHORT);
    const { failure, ...stored } = await audited.read(['7'], { rightAfterRun: true });
    expect(failure).toMatchObject(hung('audits'));
    expect(stored.assignments).toEqual([]);
    expect(stored.audits[0]?.gap).toEqual({ reason: failure?.message, everywhere: true });
    const never =
      'select 1 as batch_id, 1 as slot_id, 1 as content_id from pg_sleep(28) where :batch_ids::text[] is not null';
    const assigned = await hostOf({ assignments: never }, SHORT);
    await expect(assigned.read(['7'], { rightAfterRun: true })).rejects.toMatchObject(hung('assignments'));
    expect(await atWork()).toEqual([]);
  });

  it('remove, which waits for a lock', async () => {
    const host = await hostOf({}, SHORT);
    await host.register(REGISTRATION);
    const rival = await db.pool.connect();
    await rival.query('begin; lock table places');
    try {
      await expect(host.remove(['r1'])).rejects.toMatchObject(hung('remove'));
      expect(await atWork()).toEqual([]);
    } finally {
      await rival.query('rollback');
      rival.release();
    }
    await host.remove(['r1']);
    expect(await db.query('select 1 from places')).toEqual([]);
  });
});
