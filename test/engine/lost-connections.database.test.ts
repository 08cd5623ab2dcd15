import { describe, expect, it } from 'vitest';
import { createPool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase, withServer, withSetting } from '../support/database.js';
import { drawn } from '../support/draws.js';
import { startProxy } from '../support/tcp-proxy.js';
import { assignByHand, until, untilLocked, withForeign } from './support/hold.js';
import { ASSIGNED_EVENT, assignedEssays, disagreements, eventsOf } from './support/rows.js';
import { essayId, newBatch, optionsOf, VARIANTS } from './support/variants.js';

// A hold point (a foreign uncommitted row that the claim must wait for) makes the connection break in the
// middle of a call, never before or after it.

const db = useDatabase();

async function terminateWaiting(): Promise<void> {
  for (const { pid } of await untilLocked(db)) await db.query('select pg_terminate_backend($1)', [pid]);
}

describe.each(VARIANTS)('$name', (variant) => {
  const { inventory } = variant;

  async function expectOneAssignment(batchId: string, essay: string, events: number): Promise<void> {
    const essays = await assignedEssays(db, batchId);
    expect(essays.map((each) => [each.essay_id, each.text_storage_id])).toEqual([[essay, 'content']]);
    expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(events);
    if (inventory === 'slots') expect(await disagreements(db, batchId)).toEqual([]);
  }

  drawn('is made again when its backend is terminated before anything was committed', async (draw) => {
    const engine = db.engine(optionsOf(variant), 2);
    const slots = draw.integer(2, 9);
    const batchId = await newBatch(db, inventory, slots);
    await withForeign(db, async (foreign) => {
      await assignByHand(foreign, { inventory, essay: essayId(batchId, slots), content: 'content' });
      const call = engine.assign(requestFor(batchId, 'content'));
      await terminateWaiting();
      await untilLocked(db);
      await foreign.rollback();
      expect(await call).toEqual({ outcome: 'created', essayId: essayId(batchId, 1), recovered: false });
    });
    expect(engine.counters.retriesByCode).toEqual({ connection: 1 });
    await expectOneAssignment(batchId, essayId(batchId, 1), 1);
  });

  drawn('finds the rival assignment when its backend is terminated and the rival commits', async (draw) => {
    const engine = db.engine(optionsOf(variant), 2);
    const slots = draw.integer(2, 9);
    const batchId = await newBatch(db, inventory, slots);
    await withForeign(db, async (foreign) => {
      await assignByHand(foreign, { inventory, essay: essayId(batchId, slots), content: 'content' });
      const call = engine.assign(requestFor(batchId, 'content'));
      await terminateWaiting();
      await foreign.commit();
      expect(await call).toEqual({ outcome: 'reused', essayId: essayId(batchId, slots), replyLost: true });
    });
    await expectOneAssignment(batchId, essayId(batchId, slots), 0);
  });
});

/** PostgreSQL 17 and later. */
const knowsTransactionTimeout = await withServer(async (server) => {
  const { rows } = await server.query(`select 1 from pg_settings where name = 'transaction_timeout'`);
  return rows.length > 0;
});

const TIMED_OUT = [
  ['cte', false],
  ['legacy', false],
  ['legacy', true],
] as const;

describe.runIf(knowsTransactionTimeout).each(TIMED_OUT)('%s, advisory locks: %s', (name, advisoryLocks) => {
  it('is made again when transaction_timeout ends its session', async () => {
    const address = withConnectionString('--database-url', withSetting(db.url, 'transaction_timeout=200ms'));
    const pool = createPool(address, { connections: 1, applicationName: `engine ${db.schema}` });
    const strategy = { kind: 'built-in', name } as const;
    const engine = createAssignmentEngine(pool, { strategy, advisoryLocks, schema: db.schema });
    const batchId = await newBatch(db, 'slots', 1);
    await withForeign(db, async (foreign) => {
      await foreign.query('select from essay_states where batch_id = $1 for update', [batchId]);
      const call = engine.assign(requestFor(batchId, 'content'));
      const isRetried = () => Promise.resolve(Object.keys(engine.counters.retriesByCode).length > 0);
      await Promise.race([call, until('the call was made again', isRetried)]);
      await foreign.rollback();
      expect(await call).toMatchObject({ outcome: 'created' });
    });
    expect(Object.keys(engine.counters.retriesByCode)).toEqual(['25P04']);
    await engine.close();
    await pool.end();
  });
});

it('survives a backend that ends in the moment in which it becomes ready', async () => {
  const proxy = await startProxy(db.url);
  const applicationName = `ready ${db.schema}`;
  const address = withConnectionString('--database-url', proxy.url);
  const pool = createPool(address, { connections: 1, applicationName });
  const engine = createAssignmentEngine(pool, { schema: db.schema });
  const batchId = await newBatch(db, 'slots', 3);
  proxy.holdReadyUntilClosed();
  const call = engine.assign(requestFor(batchId, 'content'));
  await until('the backend is ready', async () => {
    const ended = await db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and state = 'idle'`,
      [applicationName],
    );
    return ended.length > 0;
  });
  expect(await call).toMatchObject({ outcome: 'created', recovered: false });
  expect(engine.counters.retriesByCode).toEqual({ connection: 1 });
  await engine.settle();
  await pool.end();
  await proxy.shut();
});

it('legacy, terminated between its two transactions, keeps its slot', async () => {
  const engine = db.engine({ strategy: { kind: 'built-in', name: 'legacy' } }, 2);
  const batchId = await newBatch(db, 'slots', 3);
  await withForeign(db, async (foreign) => {
    await foreign.query('select 1 from essay_states where essay_id = $1 for update', [essayId(batchId, 1)]);
    const call = engine.assign(requestFor(batchId, 'content'));
    await terminateWaiting();
    await untilLocked(db);
    await foreign.rollback();
    expect(await call).toMatchObject({ outcome: 'created', essayId: essayId(batchId, 1) });
  });
  expect(await assignedEssays(db, batchId)).toHaveLength(1);
  expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(1);
});

it('legacy says that a reply was lost where a duplicate wrote the essay of a terminated claim', async () => {
  const engine = db.engine({ strategy: { kind: 'built-in', name: 'legacy' } });
  const batchId = await newBatch(db, 'slots', 3);
  const results = await withForeign(db, async (foreign) => {
    await foreign.query('select 1 from essay_states where essay_id = $1 for update', [essayId(batchId, 1)]);
    const claim = engine.assign(requestFor(batchId, 'content'));
    const [claimer] = await untilLocked(db);
    const duplicate = engine.assign(requestFor(batchId, 'content'));
    await untilLocked(db, 2);
    await db.query('select pg_terminate_backend($1)', [claimer?.pid]);
    await until('the claim is made again', () =>
      Promise.resolve(engine.counters.retriesByCode['connection'] === 1),
    );
    await untilLocked(db, 2);
    await foreign.rollback();
    return Promise.all([claim, duplicate]);
  });
  const reused = { outcome: 'reused', essayId: essayId(batchId, 1) };
  const [claimed, duplicated] = results;
  expect(duplicated).toEqual(reused);
  expect([
    { ...reused, replyLost: true },
    { outcome: 'created', essayId: reused.essayId, recovered: true },
  ]).toContainEqual(claimed);
  expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(1);
});
