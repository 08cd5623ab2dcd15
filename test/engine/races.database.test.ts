import { describe, expect, it } from 'vitest';
import { createPool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase } from '../support/database.js';
import { drawn } from '../support/draws.js';
import { assignByHand, untilLocked, withForeign } from './support/hold.js';
import { ASSIGNED_EVENT, assignedEssays, eventsOf } from './support/rows.js';
import { essayId, newBatch, optionsOf, VARIANTS, type Variant } from './support/variants.js';

// Pitfall 7: two callers with the same content grab two different slots; the loser learns of it only when the
// winner commits. The foreign session is the winner: it has the last slot, uncommitted.

const db = useDatabase();

/** An engine that tries once, but waits for locks as long as it takes. */
async function patientEngineWithoutRetry(variant: Variant, applicationName: string) {
  const pool = createPool(withConnectionString('--database-url', db.url), {
    connections: 1,
    applicationName,
  });
  const engine = createAssignmentEngine(pool, { ...optionsOf(variant), schema: db.schema, timeoutMs: 0 });
  const batchId = await newBatch(db, variant.inventory, 1);
  await engine.assign(requestFor(batchId, 'content'));
  await pool.query(`set lock_timeout = '20s'`);
  return { engine, close: () => engine.close().then(() => pool.end()) };
}

describe.each(VARIANTS)('$name', (variant) => {
  const { inventory } = variant;

  drawn('answers reused when the winner with the same content commits', async (draw) => {
    const engine = db.engine(optionsOf(variant));
    const slots = draw.integer(2, 9);
    const batchId = await newBatch(db, inventory, slots);
    const essay = essayId(batchId, draw.integer(2, slots));
    await withForeign(db, async (foreign) => {
      await assignByHand(foreign, { inventory, essay, content: 'content' });
      const call = engine.assign(requestFor(batchId, 'content'));
      await untilLocked(db);
      await foreign.commit();
      expect(await call).toEqual({ outcome: 'reused', essayId: essay });
    });
    expect(engine.counters.retriesByCode).toEqual({ '23505': 1 });
    expect(await assignedEssays(db, batchId)).toHaveLength(1);
    expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toEqual([]);
  });

  drawn('answers created when the winner with the same content rolls back', async (draw) => {
    const engine = db.engine(optionsOf(variant));
    const slots = draw.integer(2, 9);
    const batchId = await newBatch(db, inventory, slots);
    const essay = essayId(batchId, draw.integer(2, slots));
    await withForeign(db, async (foreign) => {
      await assignByHand(foreign, { inventory, essay, content: 'content' });
      const call = engine.assign(requestFor(batchId, 'content'));
      await untilLocked(db);
      await foreign.rollback();
      expect(await call).toMatchObject({ outcome: 'created', essayId: essayId(batchId, 1) });
    });
    expect(engine.counters.retriesByCode).toEqual({});
    expect(await assignedEssays(db, batchId)).toHaveLength(1);
    expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(1);
  });

  it('raises contention_deadline with 23505 as its cause when it may not retry', async () => {
    const { engine, close } = await patientEngineWithoutRetry(variant, `engine ${db.schema}`);
    const batchId = await newBatch(db, inventory, 2);
    const request = requestFor(batchId, 'content');
    await withForeign(db, async (foreign) => {
      await assignByHand(foreign, { inventory, essay: essayId(batchId, 2), content: 'content' });
      const failure = engine.assign(request).catch((reason: unknown) => reason);
      await untilLocked(db);
      await foreign.commit();
      expect(await failure).toMatchObject({
        name: 'AssignmentError',
        code: 'contention_deadline',
        retryable: true,
        correlationId: request.correlationId,
        cause: { code: '23505' },
      });
    });
    expect(await engine.assign(request)).toEqual({ outcome: 'reused', essayId: essayId(batchId, 2) });
    await close();
  });
});
