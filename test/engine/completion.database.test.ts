import { describe, expect } from 'vitest';
import { requestFor, useDatabase } from '../support/database.js';
import { drawn, times } from '../support/draws.js';
import { draws } from '../support/effort.js';
import { COMPLETED_EVENT, eventsOf } from './support/rows.js';
import { newBatch, optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();

async function completedAt(batchId: string): Promise<string | null | undefined> {
  const rows = await db.query<{ at: string | null }>(
    'select completed_at::text as at from batch_essay_trackers where batch_id = $1',
    [batchId],
  );
  return rows[0]?.at;
}

describe.each(VARIANTS)('$name', (variant) => {
  const engine = db.engine(optionsOf(variant));
  const rival = db.engine(optionsOf(variant));

  drawn('completes a batch when its last slot is taken, not before, and once', async (draw) => {
    const slots = draw.integer(1, 9);
    const batchId = await newBatch(db, variant.inventory, slots);
    const requests = times(slots, (position) => requestFor(batchId, `content-${position}`));
    for (const request of requests.slice(1)) await engine.assign(request);
    await engine.settle();
    expect(await completedAt(batchId)).toBeNull();
    expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toEqual([]);

    for (const request of requests.slice(0, 1)) await engine.assign(request);
    await engine.settle();
    const first = await completedAt(batchId);
    expect(first).toEqual(expect.any(String));
    const events = await eventsOf(db, batchId, COMPLETED_EVENT);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      aggregate_type: 'batch',
      aggregate_id: batchId,
      event_key: batchId,
      topic: COMPLETED_EVENT,
      event_data: { batch_id: batchId, provisioned_count: slots },
    });

    await rival.assign(requestFor(batchId, 'content-0'));
    await rival.assign(requestFor(batchId, 'too-many'));
    await rival.settle();
    expect(await completedAt(batchId)).toBe(first);
    expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
  });

  drawn('completes each batch once when its last two slots are taken at the same time', async (draw) => {
    const batchIds: string[] = [];
    for (const slots of times(draws(8, 30), () => draw.integer(2, 4))) {
      const batchId = await newBatch(db, variant.inventory, slots);
      batchIds.push(batchId);
      for (const position of times(slots - 2, (each) => each)) {
        await engine.assign(requestFor(batchId, `early-${position}`));
      }
      const last = [engine.assign(requestFor(batchId, 'left')), rival.assign(requestFor(batchId, 'right'))];
      expect((await Promise.all(last)).map(({ outcome }) => outcome)).toEqual(['created', 'created']);
    }
    await Promise.all([engine.settle(), rival.settle()]);
    for (const batchId of batchIds) {
      expect(await completedAt(batchId), batchId).toEqual(expect.any(String));
      expect(await eventsOf(db, batchId, COMPLETED_EVENT), batchId).toHaveLength(1);
    }
  });

  drawn('repairs a batch whose last claimer died before it looked, with the next call', async (draw) => {
    const slots = draw.integer(1, 4);
    const batchId = await newBatch(db, variant.inventory, slots);
    for (const position of times(slots, (each) => each)) {
      await engine.assign(requestFor(batchId, `content-${position}`));
    }
    await engine.settle();
    // As a process leaves it that died between its claim and its look.
    await db.query('update batch_essay_trackers set completed_at = null where batch_id = $1', [batchId]);
    await db.query('delete from event_outbox where aggregate_id = $1', [batchId]);

    const next = db.engine(optionsOf(variant), 1);
    await next.assign(requestFor(batchId, draw.integer(0, 1) === 0 ? 'content-0' : 'too-many'));
    await next.settle();
    expect(await completedAt(batchId)).toEqual(expect.any(String));
    expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
  });
});
