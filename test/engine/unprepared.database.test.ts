import type { ClientBase } from 'pg';
import { describe, expect, it } from 'vitest';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { openSession, Session, transaction } from '#els/database/session.js';
import { loadStatement, toStatement } from '#els/database/statement.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine, type AssignmentEngine } from '#els/targets/els/engine/engine.js';
import { inSnapshot } from '#els/database/snapshot.js';
import { requestFor, useDatabase, withSetting } from '../support/database.js';
import { times } from '../support/draws.js';
import { assignedEssays, COMPLETED_EVENT, eventsOf } from './support/rows.js';
import { newBatch, optionsOf, VARIANTS, type Variant } from './support/variants.js';

// `prepare: false`: a session keeps nothing, for the next transaction may have another one.

const db = useDatabase();
const ABLE = VARIANTS.filter(({ strategy, advisoryLocks }) => strategy !== 'legacy' || !advisoryLocks);
const SLOTS = 5;

/** An engine on sessions whose own defaults are of no use to it. */
async function withEngine(
  variant: Variant,
  connections: number,
  work: (engine: AssignmentEngine, pool: DatabasePool) => Promise<void>,
): Promise<void> {
  const settings = 'default_transaction_isolation=serializable -c search_path=nowhere';
  const address = withConnectionString('--database-url', withSetting(db.url, settings));
  const pool = createPool(address, { connections, applicationName: `engine ${db.schema}` });
  const options = { ...optionsOf(variant), schema: db.schema, prepare: false };
  try {
    await work(createAssignmentEngine(pool, options), pool);
  } finally {
    await pool.end();
  }
}

describe.each(ABLE)('$name', (variant) => {
  it('gives each content one slot, completes once, and leaves the session as it was', () =>
    withEngine(variant, 4, async (engine, pool) => {
      const batchId = await newBatch(db, variant.inventory, SLOTS);
      const calls = times(24, (position) => engine.assign(requestFor(batchId, `content-${position % 8}`)));
      const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(SLOTS);
      expect(outcomes.filter((outcome) => outcome === 'no_slot')).toHaveLength(9);
      expect(await assignedEssays(db, batchId)).toHaveLength(SLOTS);
      expect(engine.counters.retriesByCode).not.toHaveProperty('40001');
      await engine.close();
      expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
      const { rows } = await pool.query(`select current_setting('search_path') as path,
        (select count(*)::integer from pg_prepared_statements where name <> '') as prepared,
        (select count(*)::integer from pg_locks where pid = pg_backend_pid() and locktype = 'advisory') as locks`);
      expect(rows).toEqual([{ path: 'nowhere', prepared: 0, locks: 0 }]);
    }));

  it('needs as many round trips as with prepared statements', () =>
    withEngine(variant, 1, async (engine) => {
      const batchId = await newBatch(db, variant.inventory, SLOTS);
      const prepared = db.engine(optionsOf(variant), 1);
      for (const each of [engine, prepared]) {
        await each.assign(requestFor(batchId, `of ${each === engine ? 'one' : 'the other'}`));
        await each.settle();
      }
      expect(engine.counters).toEqual(prepared.counters);
    }));
});

it('goes on with a session whose transaction failed', async () => {
  const client = await db.pool.connect();
  await openSession(client, { schema: db.schema, lockTimeoutMs: 1_000, keepsNothing: true }, []);
  const session = new Session(client, { roundTrips: 0 });
  await expect(session.run(toStatement('fails', 'select 1 / 0'), {})).rejects.toMatchObject({
    code: '22012',
  });
  expect(await session.run(toStatement('reads', 'select count(*) from run_batches where false'), {})).toEqual(
    [['0']],
  );
  client.release(true);
});

it.each([
  ['transaction', (client: ClientBase) => transaction(client, never)],
  ['snapshot', (client: ClientBase) => inSnapshot(client, never)],
  [
    'session',
    (client: ClientBase) =>
      new Session(client, { roundTrips: 0 }).begin(loadStatement('strategies/legacy/begin')),
  ],
])('rolls a %s back that began and whose settings failed', async (_, begin) => {
  const client = await db.pool.connect();
  const notAnInteger = 2 ** 31;
  await openSession(client, { schema: db.schema, lockTimeoutMs: notAnInteger, keepsNothing: true }, []);
  await expect(begin(client)).rejects.toMatchObject({ code: '22003' });
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(client.getTransactionStatus()).toBe('I');
  client.release(true);
});

function never(): Promise<never> {
  throw new Error('the transaction did not begin');
}

it('refuses legacy with advisory locks, whose lock outlasts its transactions', () => {
  const pool = createPool(withConnectionString('--database-url', db.url), {
    connections: 1,
    applicationName: 'never used',
  });
  const legacy = { strategy: { kind: 'built-in', name: 'legacy' }, advisoryLocks: true } as const;
  expect(() => createAssignmentEngine(pool, { ...legacy, prepare: false })).toThrowError(
    expect.objectContaining({ name: 'UsageError', code: 'needs_session' }) as Error,
  );
  expect(() => createAssignmentEngine(pool, legacy)).not.toThrow();
});
