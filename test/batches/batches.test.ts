import type { PoolClient } from 'pg';
import { describe, expect } from 'vitest';
import { deleteRuns, registerBatches } from '#els/batches/register.js';
import { batchStatus, batchTotals, repairCompletion } from '#els/batches/status.js';
import type { Inventory } from '#els/domain/assignment.js';
import { drawn, times } from '../engine/support/draw.js';
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
      ...{ batchId, inventory, expected: slots, ready: 0, available: slots, completedAt: null },
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
      ready: (row?.expected ?? 0) + ready,
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
    await expect(registering).rejects.toMatchObject({ code: '23505' });
  });
  expect(await db.query('select 1 from batch_essay_trackers where batch_id = any($1)', [fresh])).toEqual([]);
  expect(await db.query(`select 1 from run_batches where run_id = 'late'`)).toEqual([]);
  expect(await rowsOf(db, taken)).toEqual(before);
});
