import type { PoolClient } from 'pg';
import { describe, expect, it } from 'vitest';
import {
  analyzeTables,
  deleteRuns,
  registerBatches,
  type BatchRegistration,
} from '#els/targets/els/batches/register.js';
import { batchStatus, batchTotals, repairCompletion } from '#els/targets/els/batches/status.js';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import { drawn, times } from '../support/draws.js';
import { COMPLETED_EVENT, eventsOf, rowsOf } from '../engine/support/rows.js';
import { essayId, newBatch } from '../engine/support/variants.js';
import { requestFor, useDatabase } from '../support/database.js';

const db = useDatabase();
const engines = {
  slots: db.engine({ strategy: { kind: 'built-in', name: 'cte' } }),
  essays: db.engine({ strategy: { kind: 'built-in', name: 'inventory' } }),
};

/** Gives this many slots of a batch to contents. */
async function fill(inventory: Inventory, batchId: string, count: number): Promise<void> {
  for (const content of times(count, (position) => `content-${position}`)) {
    await engines[inventory].assign(requestFor(batchId, content));
  }
  await engines[inventory].settle();
}

async function withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

describe.each(['slots', 'essays'] as const)('a batch whose inventory is %s', (inventory) => {
  drawn('registers free slots and uploaded essays, as many as asked', async (draw) => {
    const slots = draw.integer(1, 30);
    const batchId = await newBatch(db, inventory, slots);
    expect(await withClient((client) => batchStatus(client, batchId))).toEqual({
      ...{ batchId, inventory, switchingTo: null },
      ...{ expected: slots, ready: 0, available: slots, completedAt: null },
    });
    const essays = await db.query<{ essay_id: string; version: number }>(
      `select essay_id, version from essay_states where batch_id = $1 and current_status = 'uploaded' order by 1`,
      [batchId],
    );
    expect(essays).toEqual(times(slots, (at) => ({ essay_id: essayId(batchId, at + 1), version: 1 })));
    const free = await db.query<{ id: string }>(
      `select internal_essay_id as id from slot_assignments where status = 'available'
       and batch_tracker_id = (select id from batch_essay_trackers where batch_id = $1) order by 1`,
      [batchId],
    );
    expect(free.map(({ id }) => id)).toEqual(essays.map((essay) => essay.essay_id));
  });

  drawn('says where it stands', async (draw) => {
    const slots = draw.integer(2, 9);
    const ready = draw.integer(1, slots - 1);
    const batchId = await newBatch(db, inventory, slots);
    await fill(inventory, batchId, ready);
    const status = () => withClient((client) => batchStatus(client, batchId));
    expect(await status()).toMatchObject({ ready, available: slots - ready, completedAt: null });
    await fill(inventory, batchId, slots);
    expect(await status()).toMatchObject({
      ready: slots,
      available: 0,
      completedAt: expect.any(Date) as Date,
    });
  });

  drawn('is summed up with others', async (draw) => {
    const full = await newBatch(db, inventory, draw.integer(1, 9));
    const slots = draw.integer(2, 9);
    const open = await newBatch(db, inventory, slots);
    const ready = draw.integer(1, slots - 1);
    await fill(inventory, full, 9);
    await fill(inventory, open, ready);
    const [row] = await db.query<{ expected: number }>(
      'select expected_count as expected from batch_essay_trackers where batch_id = $1',
      [full],
    );
    expect(await withClient((client) => batchTotals(client, [full, open]))).toEqual({
      taken: (row?.expected ?? 0) + ready,
      available: slots - ready,
      completed: 1,
      completionEvents: 1,
    });
  });

  drawn('is completed by repair when nobody looked, once, and not while it is open', async (draw) => {
    const slots = draw.integer(1, 9);
    const batchId = await newBatch(db, inventory, slots);
    const repair = () => withClient((client) => repairCompletion(client, batchId));
    expect(await repair()).toBe(false);
    await fill(inventory, batchId, slots);
    expect(await repair()).toBe(false);
    await db.query('update batch_essay_trackers set completed_at = null where batch_id = $1', [batchId]);
    await db.query('delete from event_outbox where aggregate_id = $1', [batchId]);
    expect(await repair()).toBe(true);
    expect(await repair()).toBe(false);
    expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
  });

  drawn('is removed with its run, and nothing else is', async (draw) => {
    const batchId = await newBatch(db, inventory, draw.integer(1, 9));
    const other = await newBatch(db, inventory, draw.integer(1, 9));
    await fill(inventory, batchId, 9);
    await fill(inventory, other, 9);
    const before = await rowsOf(db, other);
    await withClient((client) => deleteRuns(client, db.schema, [`run-${batchId}`]));
    expect(await rowsOf(db, batchId)).toEqual([]);
    expect(await db.query('select 1 from run_batches where batch_id = $1', [batchId])).toEqual([]);
    const orphans = `select 1 from slot_assignments where internal_essay_id like $1 || '-e%'`;
    expect(await db.query(orphans, [batchId])).toEqual([]);
    expect(await rowsOf(db, other)).toEqual(before);
  });
});

drawn('registers all batches or none', async (draw) => {
  const taken = await newBatch(db, 'slots', 1);
  const fresh = times(draw.integer(1, 5), (position) => `${taken}-fresh-${position}`);
  const before = await rowsOf(db, taken);
  const registration = { runId: 'late', strategy: 'test', inventory: 'slots', slots: 2 } as const;
  await withClient(async (client) => {
    const registering = registerBatches(client, { ...registration, batchIds: [...fresh, taken] });
    await expect(registering).rejects.toMatchObject({
      ...{ name: 'UsageError', code: 'batch_exists' },
      message: expect.stringContaining(`batch "${taken}" exists already`) as string,
    });
  });
  expect(await db.query('select 1 from batch_essay_trackers where batch_id = any($1)', [fresh])).toEqual([]);
  expect(await db.query(`select 1 from run_batches where run_id = 'late'`)).toEqual([]);
  expect(await rowsOf(db, taken)).toEqual(before);
});

it('leaves the caller’s transaction usable where a batch exists', async () => {
  const taken = await newBatch(db, 'slots', 1);
  await withClient(async (client) => {
    await client.query('begin');
    const again = { runId: 'again', strategy: 'test', inventory: 'slots', slots: 1 } as const;
    const registering = registerBatches(client, { ...again, batchIds: [taken] });
    await expect(registering).rejects.toMatchObject({ code: 'batch_exists' });
    await registerBatches(client, { ...again, batchIds: [`${taken}-2`] });
    await client.query('commit');
  });
  expect(
    await db.query('select 1 from batch_essay_trackers where batch_id = $1', [`${taken}-2`]),
  ).toHaveLength(1);
});

it('registers a batch once, whoever is first, and tells the others so', async () => {
  const registration = { runId: 'race', strategy: 'test', inventory: 'slots', slots: 3 } as const;
  const racing = times(8, () =>
    withClient((client) => registerBatches(client, { ...registration, batchIds: ['raced'] })),
  );
  const ends = await Promise.allSettled(racing);
  const refusals = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  expect(refusals).toHaveLength(7);
  for (const refusal of refusals) expect(refusal).toMatchObject({ name: 'UsageError', code: 'batch_exists' });
});

it('names what is left of a batch that is not registered any more', async () => {
  await db.query(`insert into essay_states (essay_id, batch_id) values ('left-e0000001', 'left')`);
  const registration = { runId: 'left', strategy: 'test', inventory: 'slots', slots: 1 } as const;
  const registering = withClient((client) =>
    registerBatches(client, { ...registration, batchIds: ['left'] }),
  );
  await expect(registering).rejects.toMatchObject({
    ...{ name: 'UsageError', code: 'batch_exists' },
    message: expect.stringContaining(
      'batch "left" is not registered, but essay_states holds a row of it',
    ) as string,
  });
});

it('refuses a batch that is named twice', async () => {
  const registration = { runId: 'twice', strategy: 'test', inventory: 'slots', slots: 1 } as const;
  const registering = withClient((client) =>
    registerBatches(client, { ...registration, batchIds: ['one', 'two', 'one'] }),
  );
  await expect(registering).rejects.toMatchObject({
    ...{ code: 'invalid_registration', message: 'batchIds[2] is "one" once more' },
  });
});

it('says that a table was not analyzed which somebody held for longer than the lock timeout', async () => {
  const vacuuming = await db.pool.connect();
  await vacuuming.query('begin; lock table essay_states in share update exclusive mode');
  await withClient(async (client) => {
    await client.query(`begin; set local lock_timeout = '100ms'`);
    expect(await analyzeTables(client)).toBe('locked');
    await client.query('commit');
  });
  await vacuuming.query('rollback');
  vacuuming.release();
});

const registrationOf = (batchIds: readonly string[], slots: number): BatchRegistration => ({
  ...{ runId: `run-${batchIds[0] ?? ''}`, strategy: 'test', inventory: 'slots' },
  ...{ batchIds, slots },
});

/** How many rows there are of batches, in all tables that a registration fills. */
async function countRows(batchIds: readonly string[]): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    `select (
      (select count(*) from batch_essay_trackers where batch_id = any($1))
      + (select count(*) from slot_assignments join batch_essay_trackers tracker on tracker.id = batch_tracker_id
         where tracker.batch_id = any($1))
      + (select count(*) from essay_states where batch_id = any($1))
      + (select count(*) from run_batches where batch_id = any($1))
    )::integer as n`,
    [batchIds],
  );
  return row?.n ?? 0;
}

describe('a large registration', () => {
  const SLOTS = 7_000;
  const ids = (name: string) => [`${name}-1`, `${name}-2`, `${name}-3`];

  it('tells how far it is, up to the end, and registers every slot once', async () => {
    const told: number[] = [];
    const batchIds = ids('told');
    await withClient((client) =>
      registerBatches(client, registrationOf(batchIds, SLOTS), { onProgress: (slots) => told.push(slots) }),
    );
    expect(told.at(-1)).toBe(3 * SLOTS);
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    expect(await countRows(batchIds)).toBe(3 * (2 * SLOTS + 2));
    const [last] = await db.query('select max(essay_id) as id from essay_states where batch_id = $1', [
      'told-3',
    ]);
    expect(last).toEqual({ id: essayId('told-3', SLOTS) });
  });

  it('leaves nothing when it is stopped', async () => {
    const stop = new AbortController();
    const batchIds = ids('stopped');
    const control = { onProgress: () => stop.abort('enough'), signal: stop.signal };
    await withClient(async (client) => {
      await expect(registerBatches(client, registrationOf(batchIds, SLOTS), control)).rejects.toBe('enough');
      expect(await countRows(batchIds)).toBe(0);
      await registerBatches(client, registrationOf(batchIds, 1));
    });
    expect(await countRows(batchIds)).toBe(12);
  });

  it('is a part of the transaction that it is made in', async () => {
    const stop = new AbortController();
    const control = { onProgress: () => stop.abort('enough'), signal: stop.signal };
    await withClient(async (client) => {
      await client.query('begin');
      await registerBatches(client, registrationOf(['kept'], 1));
      const stopped = registerBatches(client, registrationOf(ids('undone'), SLOTS), control);
      await expect(stopped).rejects.toBe('enough');
      await expect(registerBatches(client, registrationOf(['kept'], 1))).rejects.toMatchObject({
        code: 'batch_exists',
      });
      await client.query('commit');
      await client.query('begin');
      await registerBatches(client, registrationOf(['undone'], 1));
      await client.query('rollback');
    });
    expect(await countRows(['kept'])).toBe(4);
    expect(await countRows(['undone', ...ids('undone')])).toBe(0);
  });
});

describe('what cannot be a batch', () => {
  const unfit: [field: string, change: object][] = [
    ['batchIds[1]', { batchIds: ['unfit', ''] }],
    ['batchIds[0]', { batchIds: ['a\0'] }],
    ['batchIds[0]', { batchIds: ['a\ud83d', 'unfit'] }],
    ['batchIds[0]', { batchIds: ['😀'.repeat(256)] }],
    ['batchIds[0]', { batchIds: [7] }],
    ['batchIds', { batchIds: 'unfit' }],
    ['runId', { runId: '' }],
    ['strategy', { strategy: '\ude00' }],
    ['inventory', { inventory: 'seats' }],
    ...[0, -1, 1.5, NaN, 10_000_000, '3'].map((slots): [string, object] => ['slots', { slots }]),
  ];
  it.each(unfit)('is refused with the name of its field: %s of %j', async (field, change) => {
    const registration = { ...registrationOf(['unfit'], 1), ...change };
    await withClient(async (client) => {
      const problem = { name: 'UsageError', code: 'invalid_registration' };
      const message = expect.stringContaining(`${field} must`) as string;
      await expect(registerBatches(client, registration)).rejects.toMatchObject({ ...problem, message });
    });
    expect(await countRows(['unfit'])).toBe(0);
  });
});
