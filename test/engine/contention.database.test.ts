import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { AssignmentError } from '#els/targets/els/engine/errors.js';
import { requestFor, useDatabase } from '../support/database.js';
import { drawn, times } from '../support/draws.js';
import {
  assignByHand,
  engineBackends,
  engineLocks,
  lockEssay,
  lockVacancies,
  until,
  untilLocked,
  withForeign,
} from './support/hold.js';
import { assignedEssays } from './support/rows.js';
import { essayId, newBatch, optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();

/** Whether a promise settles within a while. */
function settlesWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), sleep(ms).then(() => false)]);
}

describe.each(VARIANTS)('$name', (variant) => {
  const { inventory } = variant;
  const engine = db.engine(optionsOf(variant));
  const rival = db.engine(optionsOf(variant));

  drawn('waits while a rival holds the last slots, and takes one when it rolls back', async (draw) => {
    const slots = draw.integer(1, 5);
    const batchId = await newBatch(db, inventory, slots);
    await withForeign(db, async (foreign) => {
      await lockVacancies(foreign, inventory, batchId);
      const call = engine.assign(requestFor(batchId, 'content'));
      await untilLocked(db);
      expect(await settlesWithin(100, call)).toBe(false);
      await foreign.rollback();
      expect(await call).toMatchObject({ outcome: 'created' });
    });
    expect(engine.counters.retriesByCode['contended']).toBeGreaterThan(0);
    expect(await assignedEssays(db, batchId)).toHaveLength(1);
  });

  drawn('takes any slot that is let go, not only the one it waits for', async (draw) => {
    const slots = draw.integer(2, 6);
    const batchId = await newBatch(db, inventory, slots);
    await withForeign(db, async (first) => {
      await lockEssay(first, inventory, essayId(batchId, 1));
      const call = await withForeign(db, async (others) => {
        for (const number of times(slots - 1, (position) => position + 2)) {
          await lockEssay(others, inventory, essayId(batchId, number));
        }
        const waiting = engine.assign(requestFor(batchId, 'content'));
        await untilLocked(db);
        await others.rollback();
        return { waiting };
      });
      expect(await call.waiting).toMatchObject({ outcome: 'created', essayId: essayId(batchId, 2) });
    });
  });

  drawn('says no_slot once the rival has committed its claims', async (draw) => {
    const slots = draw.integer(1, 5);
    const batchId = await newBatch(db, inventory, slots);
    await withForeign(db, async (foreign) => {
      for (const number of times(slots, (position) => position + 1)) {
        await assignByHand(foreign, {
          inventory,
          essay: essayId(batchId, number),
          content: `rival-${number}`,
        });
      }
      const call = engine.assign(requestFor(batchId, 'content'));
      await untilLocked(db);
      expect(await settlesWithin(100, call)).toBe(false);
      await foreign.commit();
      expect(await call).toEqual({ outcome: 'no_slot' });
    });
  });

  drawn('says so when its deadline passes, and holds nothing afterwards', async (draw) => {
    const hasty = db.engine({ ...optionsOf(variant), timeoutMs: draw.integer(100, 400) }, 2);
    const batchId = await newBatch(db, inventory, draw.integer(1, 5));
    const request = requestFor(batchId, 'content');
    await withForeign(db, async (foreign) => {
      await lockVacancies(foreign, inventory, batchId);
      const error: unknown = await hasty.assign(request).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AssignmentError);
      expect(error).toMatchObject({
        code: 'contention_deadline',
        retryable: true,
        correlationId: request.correlationId,
      });
      expect(String(error)).not.toContain('23505');
      // The error comes a moment before the server has let go; the foreign session holds on all the while.
      await until('the engine holds no lock', async () => (await engineLocks(db)).length === 0);
      const open = (await engineBackends(db)).filter(({ xact_start }) => xact_start !== null);
      expect(open).toEqual([]);
    });
    expect(await hasty.assign(request)).toMatchObject({ outcome: 'created' });
  });

  drawn('lets exactly one of many waiters have the last slot', async (draw) => {
    const slots = draw.integer(1, 3);
    const waiters = draw.integer(4, 14);
    const batchId = await newBatch(db, inventory, slots);
    await Promise.all(
      times(slots - 1, (position) => engine.assign(requestFor(batchId, `early-${position}`))),
    );
    const results = await withForeign(db, async (foreign) => {
      await lockVacancies(foreign, inventory, batchId);
      const calls = times(waiters, (position) =>
        (position % 2 === 0 ? engine : rival).assign(requestFor(batchId, `late-${position}`)),
      );
      await untilLocked(db, waiters);
      await foreign.rollback();
      return Promise.all(calls);
    });
    expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'no_slot')).toHaveLength(waiters - 1);
    for (const { counters } of [engine, rival]) expect(counters.retriesByCode).not.toHaveProperty('40P01');
  });
});
