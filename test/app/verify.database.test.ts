import pg from 'pg';
import { beforeAll, expect, inject, it, vi, type MockInstance } from 'vitest';
import type { Database } from '#els/app/database.js';
import { verifySchema } from '#els/app/verify.js';
import { withConnectionString } from '#els/database/address.js';
import { coordinatorPool } from '#els/database/coordinator-pool.js';
import { setupSchema } from '#els/database/schema.js';
import { loadStatement } from '#els/database/statement.js';
import { registerBatches } from '#els/targets/els/batches/register.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { until } from '../engine/support/hold.js';

const own = useOwnDatabase();

/** Verifies the file's schema as the command line does. */
async function verified(): ReturnType<typeof verifySchema> {
  const address = withConnectionString('--database-url', own.url);
  const pool = coordinatorPool(address, own.schema, 'verify');
  const place = { address, embedded: false, schema: own.schema, pooling: 'none', prepare: true } as const;
  const database: Database = { ...place, pool };
  return verifySchema(database).finally(() => pool.end());
}

beforeAll(async () => {
  const client = await own.connect();
  await client.query('begin');
  await setupSchema(client, own.schema, { reset: false });
  await client.query('commit');
  await client.query(`set search_path to ${pg.escapeIdentifier(own.schema)}`);
  const batch = {
    runId: 'run',
    strategy: 'test',
    inventory: 'slots',
    batchIds: ['batch'],
    slots: 2,
  } as const;
  await registerBatches(client, batch);
  await client.end();
});

/** Sessions of the file's database that `verify` takes for being at work, besides its own. */
const AT_WORK = `select 1 from pg_stat_activity where datname = $1 and application_name = 'test'
  and (state is distinct from 'idle' or state_change > clock_timestamp() - interval '1 second')`;

/** Does something before a statement is sent for the first time. */
function before(text: string, work: () => Promise<void>): void {
  const send = Reflect.get(pg.Client.prototype, 'query') as (...args: unknown[]) => unknown;
  const spy = vi.spyOn(pg.Client.prototype, 'query') as unknown as MockInstance<typeof send>;
  spy.mockImplementation(async function (this: pg.Client, ...args) {
    if (args[0] === text) {
      spy.mockRestore();
      await work();
    }
    return send.apply(this, args);
  });
}

it('says unknown of what a session was in the midst of that ended before the audits did', async () => {
  const database = new URL(own.url).pathname.slice(1);
  const elsewhere = new pg.Client(inject('databaseUrl'));
  await elsewhere.connect();
  const isQuiet = () =>
    until('nobody is at work', async () => (await elsewhere.query(AT_WORK, [database])).rows.length === 0);
  await isQuiet();

  // As legacy commits its slot before it writes the essay.
  const caller = await own.connect();
  await caller.query(
    `update slot_assignments
     set status = 'assigned', text_storage_id = 'content', original_file_name = 'x', assigned_at = now()
     where id = (select min(id) from slot_assignments)`,
  );
  await caller.query('begin');
  before(loadStatement('audit/slot-and-essay-agree').text, async () => {
    await caller.end();
    await isQuiet();
  });
  expect(await verified()).toMatchObject({ verdict: 'unknown' });
  expect(await verified()).toMatchObject({ verdict: 'invalid' });
  await elsewhere.end();
});

it('reads no assignments where there is no history to hold against them', async () => {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  await verified();
  const sent = query.mock.calls.map(([first]) => first as unknown);
  query.mockRestore();
  expect(sent).toContain(loadStatement('audit/documents-complete').text);
  expect(sent).not.toContain(loadStatement('verify/assignments').text);
});
