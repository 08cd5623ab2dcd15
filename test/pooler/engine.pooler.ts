import { describe, expect, it } from 'vitest';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { readStored } from '#els/targets/els/host.js';
import { verifyDatabase } from '#els/verify/verify-run.js';
import { newBatch, optionsOf, VARIANTS } from '../engine/support/variants.js';
import { assignedEssays } from '../engine/support/rows.js';
import { times } from '../support/draws.js';
import { requestFor, useDatabase } from '../support/database.js';
import { usePoolers, withoutItsOwnStatements } from './pgbouncer.js';

// The library through a pooler: many sessions of several services share a few backends.

const db = useDatabase();
const SLOTS = 12;
const CONTENTS = 18;
const DELIVERIES = 6;
const BACKENDS = 4;

/** What a backend gives a transaction that says nothing itself. */
const USELESS = 'set default_transaction_isolation = serializable; set search_path = nowhere';

const startPooler = usePoolers();
const byMode = {
  session: await startPooler(db.url, 'session'),
  transaction: await startPooler(db.url, 'transaction', {
    pool: { default_pool_size: BACKENDS },
    database: { connect_query: USELESS },
  }),
};

function connect(url: string, connections: number): DatabasePool {
  return createPool(withConnectionString('--database-url', url), {
    connections,
    applicationName: `engine ${db.schema}`,
  });
}

const WAYS = [
  { mode: 'session', prepare: true },
  { mode: 'session', prepare: false },
  { mode: 'transaction', prepare: false },
] as const;

describe.each(WAYS)('in $mode mode with prepare: $prepare', ({ mode, prepare }) => {
  const able = VARIANTS.filter((variant) => prepare || variant.name !== 'legacy with advisory locks');

  it.each(able)('$name gives each content one slot', async (variant) => {
    const batchId = await newBatch(db, variant.inventory, SLOTS);
    const pools = [connect(byMode[mode], 8), connect(byMode[mode], 8)] as const;
    const newEngine = (pool: DatabasePool) =>
      createAssignmentEngine(pool, { ...optionsOf(variant), schema: db.schema, prepare });
    const engines = [newEngine(pools[0]), newEngine(pools[1])] as const;
    const calls = times(CONTENTS * DELIVERIES, (position) =>
      engines[position % 2 === 0 ? 0 : 1].assign(requestFor(batchId, `content-${position % CONTENTS}`)),
    );
    const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome);
    const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
    expect({ created: count('created'), reused: count('reused'), full: count('no_slot') }).toEqual({
      created: SLOTS,
      reused: SLOTS * (DELIVERIES - 1),
      full: (CONTENTS - SLOTS) * DELIVERIES,
    });
    for (const engine of engines) await engine.close();
    for (const pool of pools) await pool.end();

    expect(await assignedEssays(db, batchId)).toHaveLength(SLOTS);
    const client = await db.pool.connect();
    const { audits } = await readStored(client, [batchId], { rightAfterRun: false });
    const { verdict, notes } = verifyDatabase({ assignments: undefined, audits }, [batchId]);
    client.release();
    expect({ verdict, notes }).toEqual({ verdict: 'valid', notes: [] });
    const locks = `select 1 from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`;
    expect(await db.query(locks)).toEqual([]);
  });
});

it('leaves nothing on the backends that others get next', async () => {
  const pool = connect(byMode.transaction, BACKENDS);
  const clients = await Promise.all(times(BACKENDS, () => pool.connect()));
  const left = await Promise.all(
    clients.map(async (client) => {
      await client.query('begin');
      const { rows } = await client.query<object>(`select current_setting('search_path') as path,
        current_setting('lock_timeout') as timeout,
        (select count(*)::integer from pg_prepared_statements where name <> '') as prepared`);
      return rows;
    }),
  );
  expect(left.flat()).toEqual(times(BACKENDS, () => ({ path: 'nowhere', timeout: '0', prepared: 0 })));
  for (const client of clients) {
    await client.query('rollback');
    client.release();
  }
  await pool.end();
});

it('says what is wrong where each transaction gets another session', async () => {
  const pooling = { default_pool_size: 1, ...withoutItsOwnStatements() };
  const url = await startPooler(db.url, 'transaction', { pool: pooling });
  const pool = connect(url, 4);
  const engine = createAssignmentEngine(pool, { schema: db.schema, timeoutMs: 0 });
  const batchId = await newBatch(db, 'slots', SLOTS);
  const calls = times(4, (position) => engine.assign(requestFor(batchId, `content-${position}`)));
  const messages = (await Promise.allSettled(calls)).flatMap((result) =>
    result.status === 'rejected' ? [(result.reason as Error).message] : [],
  );
  expect(messages).not.toEqual([]);
  for (const message of messages) expect(message).toContain('accepted: prepare: false (--no-prepare)');
  await pool.end();
});
