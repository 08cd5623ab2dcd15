import { describe, expect, it } from 'vitest';
import { bindValues, loadStatement } from '#els/database/statement.js';
import { requestFor, useDatabase } from '../support/database.js';
import { times } from '../support/draws.js';
import { withForeign } from './support/hold.js';
import { COMPLETED_EVENT, eventsOf } from './support/rows.js';
import { essayId, newBatch, optionsOf, VARIANTS } from './support/variants.js';
import { longUnless } from '../support/long.js';

// Completion checks that are due at the same moment are made by one statement.

const db = useDatabase();
const BATCHES = 40;
const ROUNDS = 3;

interface Tracker {
  readonly batch_id: string;
  readonly is_complete: boolean;
  readonly low_water: string;
}

function trackers(batchIds: readonly string[]): Promise<Tracker[]> {
  return db.query<Tracker>(
    `select batch_id, completed_at is not null as is_complete, low_water
     from batch_essay_trackers where batch_id = any($1)`,
    [batchIds],
  );
}

describe.each(VARIANTS.filter(({ strategy }) => strategy !== 'legacy'))('$name', (variant) => {
  it(
    'completes those that are full, each once, whoever looks and in whatever order',
    { timeout: 60_000, ...longUnless(variant.name === 'inventory') },
    async () => {
      const engines = [db.engine(optionsOf(variant)), db.engine(optionsOf(variant))];
      for (let round = 1; round <= ROUNDS; round++) {
        const full: string[] = [];
        const open: string[] = [];
        for (let batch = 0; batch < BATCHES; batch++) {
          full.push(await newBatch(db, variant.inventory, engines.length));
          open.push(await newBatch(db, variant.inventory, engines.length + 1));
        }
        await Promise.all(
          engines.map(async (engine, index) => {
            const inOrder = index === 0 ? [...full, ...open] : [...full, ...open].reverse();
            await Promise.all(inOrder.map((batchId) => engine.assign(requestFor(batchId, `c${index}`))));
            await engine.settle();
          }),
        );
        for (const engine of engines) {
          // Each requests one look a batch, full or open; together they take fewer statements than that.
          expect(engine.counters.completionLooks).toBeLessThan(round * 2 * BATCHES);
          expect(engine.counters.retriesByCode).not.toHaveProperty('40P01');
        }
        const states = new Map(
          (await trackers([...full, ...open])).map((row) => [row.batch_id, row.is_complete]),
        );
        expect(full.map((batchId) => states.get(batchId))).toEqual(full.map(() => true));
        expect(open.map((batchId) => states.get(batchId))).toEqual(open.map(() => false));
        for (const batchId of full) expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
        for (const batchId of open) expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(0);
      }
    },
  );
});

it('completes the others while somebody holds the tracker of one, and that one when it is let go', async () => {
  const engine = db.engine({ strategy: { kind: 'built-in', name: 'inventory' } }, 2);
  const held = await newBatch(db, 'essays', 1);
  const others = await Promise.all(times(5, () => newBatch(db, 'essays', 1)));
  const completions = async (batchIds: readonly string[]) => {
    const states = await trackers(batchIds);
    return states.filter(({ is_complete: isComplete }) => isComplete).length;
  };
  await withForeign(db, async (foreign) => {
    await foreign.query(`select 1 from batch_essay_trackers where batch_id = '${held}' for update`);
    await Promise.all([held, ...others].map((batchId) => engine.assign(requestFor(batchId, 'c'))));
    // Far less than the time for which a look waits for a lock.
    await expect.poll(() => completions(others), { timeout: 5_000 }).toBe(others.length);
    expect(await completions([held])).toBe(0);
    await foreign.rollback();
  });
  await engine.settle();
  expect(await completions([held])).toBe(1);
  for (const batchId of [held, ...others]) {
    expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
  }
});

it('keeps the mark of each batch that is told one, and never moves one back', async () => {
  const batchIds = await Promise.all(times(3, () => newBatch(db, 'essays', 9)));
  const lookMany = loadStatement('completion/look-many');
  const tell = async (...numbers: number[]) => {
    const due = batchIds.map((batchId, index) => ({
      batch_id: batchId,
      low_water: numbers[index] ? essayId(batchId, numbers[index]) : '',
    }));
    return db.query(lookMany.text, bindValues(lookMany, { due: JSON.stringify(due) }));
  };
  await tell(3, 0, 5);
  expect(await tell(2, 4, 0)).toHaveLength(3);
  const marks = new Map((await trackers(batchIds)).map((row) => [row.batch_id, row.low_water]));
  const expected = [3, 4, 5].map((number, index) => essayId(batchIds[index] ?? '', number));
  expect(batchIds.map((batchId) => marks.get(batchId))).toEqual(expected);
});
