import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { describe, expect, it } from 'vitest';
import { createPool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase } from '../support/database.js';
import { drawn, times } from '../support/draws.js';
import { draws } from '../support/effort.js';
import {
  assignByHand,
  engineLocks,
  lockEssay,
  lockVacancies,
  until,
  untilLocked,
  withForeign,
} from './support/hold.js';
import { BULK_VARIANTS, tally, valuesOf } from './support/many.js';
import { ASSIGNED_EVENT, assignedEssays, disagreements, eventsOf } from './support/rows.js';
import { essayId, newBatch, optionsOf, type Variant } from './support/variants.js';

const db = useDatabase();

function requestsFor(batchId: string, count: number) {
  return times(count, (position) => requestFor(batchId, `content-${position}`));
}

/** An engine whose planner must do without one of its ways. */
function engineWithout(way: string, variant: Variant) {
  const onConnect = async (client: ClientBase) => void (await client.query(`set enable_${way} = off`));
  const address = withConnectionString('--database-url', db.url);
  const pool = createPool(address, { connections: 1, applicationName: `engine ${db.schema}`, onConnect });
  const engine = createAssignmentEngine(pool, { ...optionsOf(variant), schema: db.schema });
  return { engine, close: () => engine.close().then(() => pool.end()) };
}

describe.each(BULK_VARIANTS)('$name', (variant) => {
  const { inventory } = variant;

  drawn(
    'takes what is free, waits for what a rival holds, and has it when the rival rolls back',
    async (draw) => {
      const engine = db.engine(optionsOf(variant));
      const held = draw.integer(1, 4);
      const free = draw.integer(1, 6);
      const batchId = await newBatch(db, inventory, held + free);
      const requests = requestsFor(batchId, held + free + 2);
      await withForeign(db, async (foreign) => {
        for (const number of times(held, (position) => free + position + 1)) {
          await lockEssay(foreign, inventory, essayId(batchId, number));
        }
        const call = engine.assignMany(requests);
        await untilLocked(db);
        expect(await assignedEssays(db, batchId)).toHaveLength(free);
        await foreign.rollback();
        expect(tally(await call)).toEqual({ created: held + free, no_slot: 2 });
      });
      expect(engine.counters.retriesByCode['contended']).toBeGreaterThan(0);
      expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(held + free);
    },
  );

  drawn('takes slots before its mark that a rival had while others behind were claimed', async (draw) => {
    const engine = db.engine(optionsOf(variant));
    const held = draw.integer(1, 4);
    const batchId = await newBatch(db, inventory, held + 2);
    await withForeign(db, async (foreign) => {
      for (const number of times(held, (position) => position + 1)) {
        await lockEssay(foreign, inventory, essayId(batchId, number));
      }
      expect(tally(await engine.assignMany([requestFor(batchId, 'early')]))).toEqual({ created: 1 });
    });
    const results = await engine.assignMany(requestsFor(batchId, held + 1));
    expect(tally(results)).toEqual({ created: held + 1 });
    expect(engine.counters.retriesByCode).toEqual({ contended: 1 });
  });

  drawn('says no_slot for the rest once the rival has committed its claims', async (draw) => {
    const engine = db.engine(optionsOf(variant));
    const held = draw.integer(1, 4);
    const free = draw.integer(0, 4);
    const batchId = await newBatch(db, inventory, held + free);
    await withForeign(db, async (foreign) => {
      for (const number of times(held, (position) => free + position + 1)) {
        const essay = essayId(batchId, number);
        await assignByHand(foreign, { inventory, essay, content: `rival-${number}` });
      }
      const call = engine.assignMany(requestsFor(batchId, held + free));
      await untilLocked(db);
      await foreign.commit();
      const results = await call;
      expect(tally(results)).toEqual({ ...(free > 0 && { created: free }), no_slot: held });
    });
  });

  drawn('gives up at its deadline for those that have nothing, and keeps what it has', async (draw) => {
    const engine = db.engine({ ...optionsOf(variant), timeoutMs: draw.integer(100, 300) });
    const batchId = await newBatch(db, inventory, 3);
    const full = await newBatch(db, inventory, 1);
    const requests = [...requestsFor(batchId, 3), requestFor(full, 'content')];
    await withForeign(db, async (foreign) => {
      await lockEssay(foreign, inventory, essayId(batchId, 2));
      const results = await engine.assignMany(requests);
      expect(tally(results)).toEqual({ created: 3, contention_deadline: 1 });
      const late = results.findIndex(({ status }) => status === 'rejected');
      expect(results[late]).toMatchObject({
        reason: {
          retryable: true,
          correlationId: requests[late]?.correlationId,
          details: { ambiguous: false },
        },
      });
      await until('the engine holds no lock', async () => (await engineLocks(db)).length === 0);
    });
    expect(tally(await engine.assignMany(requests))).toEqual({ reused: 3, created: 1 });
  });

  drawn('is made again as a whole when a rival with one of its contents commits', async (draw) => {
    const engine = db.engine(optionsOf(variant));
    const contents = draw.integer(2, 9);
    const rival = draw.integer(0, contents - 1);
    const batchId = await newBatch(db, inventory, contents + 1);
    const requests = requestsFor(batchId, contents);
    const essay = essayId(batchId, draw.integer(1, contents + 1));
    await withForeign(db, async (foreign) => {
      await assignByHand(foreign, { inventory, essay, content: `content-${rival}` });
      const call = engine.assignMany(requests);
      await untilLocked(db);
      await foreign.commit();
      const results = valuesOf(await call);
      expect(results[rival]).toEqual({ outcome: 'reused', essayId: essay });
      expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(contents - 1);
    });
    expect(engine.counters.retriesByCode).toEqual({ '23505': 1 });
    expect(await assignedEssays(db, batchId)).toHaveLength(contents);
    expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(contents - 1);
  });

  drawn('creates all when the rival with one of its contents rolls back', async (draw) => {
    const engine = db.engine(optionsOf(variant));
    const contents = draw.integer(2, 9);
    const batchId = await newBatch(db, inventory, contents + 1);
    await withForeign(db, async (foreign) => {
      const content = `content-${draw.integer(0, contents - 1)}`;
      await assignByHand(foreign, { inventory, essay: essayId(batchId, contents + 1), content });
      const call = engine.assignMany(requestsFor(batchId, contents));
      await untilLocked(db);
      await foreign.rollback();
      expect(tally(await call)).toEqual({ created: contents });
    });
    expect(engine.counters.retriesByCode).toEqual({});
  });

  describe.each(['nestloop', 'hashjoin', 'mergejoin', 'indexscan', 'seqscan'])('without %s', (way) => {
    drawn(
      'writes its contents in their order, so that two callers never wait for each other',
      async (draw) => {
        const contents = draw.integer(10, 60);
        const held = draw.integer(0, contents - 2);
        const batchId = await newBatch(db, inventory, 2 * contents);
        const requests = requestsFor(batchId, contents);
        const inOrder = requests.map(({ textStorageId }) => textStorageId).sort();
        const { engine, close } = engineWithout(way, variant);
        await withForeign(db, async (foreign) => {
          const by = (position: number) => ({
            ...{
              inventory,
              essay: essayId(batchId, contents + position + 1),
              content: inOrder[position] ?? '',
            },
          });
          await assignByHand(foreign, by(held));
          const call = engine.assignMany(requests.sort(() => draw.integer(0, 1) - 0.5));
          await untilLocked(db);
          // What comes later is not written yet: who writes it does not wait.
          await foreign.query(`set local lock_timeout = '200ms'`);
          for (let later = held + 1; later < contents; later++) await assignByHand(foreign, by(later));
          await foreign.rollback();
          expect(tally(await call)).toEqual({ created: contents });
        });
        await close();
      },
    );
  });

  drawn(
    'never waits for a call that waits for it, though both name their contents in any order',
    async (draw) => {
      const engines = times(4, () => db.engine(optionsOf(variant), 2));
      const contents = 40;
      for (let round = 0; round < draws(8, 25); round++) {
        const batchId = await newBatch(db, inventory, contents);
        const results = await Promise.all(
          engines.map((engine) => {
            const requests = requestsFor(batchId, contents).sort(() => draw.integer(0, 1) - 0.5);
            return engine.assignMany(requests);
          }),
        );
        expect(tally(results.flat())).toEqual({ created: contents, reused: 3 * contents });
      }
      for (const { counters } of engines) expect(counters.retriesByCode).not.toHaveProperty('40P01');
    },
  );

  if (inventory === 'slots') {
    drawn('repairs the orphans among its contents, in their order too', async (draw) => {
      const engine = db.engine(optionsOf(variant));
      const contents = draw.integer(10, 30);
      const held = draw.integer(0, contents - 2);
      const batchId = await newBatch(db, inventory, 2 * contents);
      const requests = requestsFor(batchId, contents);
      const inOrder = requests.map(({ textStorageId }) => textStorageId).sort();
      for (const [position, content] of inOrder.entries()) {
        await db.query(
          `update slot_assignments set status = 'assigned', text_storage_id = $2, original_file_name = '',
           assigned_at = now() where internal_essay_id = $1`,
          [essayId(batchId, contents - position), content],
        );
      }
      await withForeign(db, async (foreign) => {
        const writeEssay = (position: number) => {
          const essay = essayId(batchId, contents + position + 1);
          return assignByHand(foreign, { inventory: 'essays', essay, content: inOrder[position] ?? '' });
        };
        await writeEssay(held);
        const call = engine.assignMany(requests.sort(() => draw.integer(0, 1) - 0.5));
        await untilLocked(db);
        await foreign.query(`set local lock_timeout = '200ms'`);
        for (let later = held + 1; later < contents; later++) await writeEssay(later);
        await foreign.rollback();
        expect(tally(await call)).toEqual({ reused: contents });
      });
      expect(await disagreements(db, batchId)).toEqual([]);
      expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(contents);
      const essays = await assignedEssays(db, batchId);
      expect(essays.every(({ timeline }) => timeline['repaired'] === timeline['ready_for_processing'])).toBe(
        true,
      );
    });
  }

  if (variant.advisoryLocks) {
    it('makes the second call wait for the first and see its slots', async () => {
      const engines = [db.engine(optionsOf(variant)), db.engine(optionsOf(variant))] as const;
      for (const round of times(10, (position) => position)) {
        const batchId = await newBatch(db, inventory, 30);
        const calls = engines.map((engine, position) => {
          const requests = requestsFor(batchId, 30);
          return engine.assignMany(position === round % 2 ? requests : requests.reverse());
        });
        expect(tally((await Promise.all(calls)).flat())).toEqual({ created: 30, reused: 30 });
      }
      for (const { counters } of engines) expect(counters.retriesByCode).toEqual({});
      await until('no advisory lock is held', async () =>
        (await engineLocks(db)).every(({ locktype }) => locktype !== 'advisory'),
      );
    });
  }

  drawn('serves single calls and bulk calls that wait for the same slots', async (draw) => {
    const engine = db.engine(optionsOf(variant));
    const slots = draw.integer(2, 6);
    const batchId = await newBatch(db, inventory, slots);
    const results = await withForeign(db, async (foreign) => {
      await lockVacancies(foreign, inventory, batchId);
      const many = engine.assignMany(requestsFor(batchId, slots));
      const single = Promise.allSettled(
        times(slots, (position) => engine.assign(requestFor(batchId, `single-${position}`))),
      );
      await untilLocked(db, slots + 1);
      await sleep(draw.integer(0, 30));
      await foreign.rollback();
      return [...(await many), ...(await single)];
    });
    expect(tally(results)).toEqual({ created: slots, no_slot: slots });
  });
});
