import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import type { Call } from '#els/domain/call.js';
import type { AssignmentEngine, EngineOptions } from '#els/targets/els/engine/engine.js';
import type { StrategySpec } from '#els/targets/els/engine/strategy.js';
import { mulberry32 } from '#els/base/random.js';
import { requestFor, useDatabase } from '../support/database.js';
import { verifyBatch } from '../support/oracles.js';
import { recorded } from '../support/recorded.js';
import { custom, edited, sqlFile } from '../engine/support/custom.js';
import { drawn, times, type Draw } from '../support/draws.js';
import { newBatch } from '../engine/support/variants.js';
import { inventoryOf, leaveSwitching, migrate } from './support.js';

// Callers with all strategies, duplicates among them, while a batch is switched to and fro.

const db = useDatabase();

const built = (name: 'legacy' | 'cte' | 'inventory'): StrategySpec => ({ kind: 'built-in', name });

const SLOTS = 150;
const CONTENTS = 170;
const DELIVERIES = 2;
const CALLS_IN_FLIGHT = 8;

/** Switches to and fro that a load lives through at least. */
const SWITCHES = 4;

/** Delivers contents in a random order, some calls at a time, and then any of them again until it may end. */
async function deliver(
  engines: readonly AssignmentEngine[],
  batchId: string,
  draw: Draw,
  mayEnd: () => boolean = () => true,
): Promise<Call[]> {
  const random = mulberry32(draw.integer(0, 2 ** 31));
  const due = times(CONTENTS * DELIVERIES, (position) => `content-${position % CONTENTS}`)
    .map((content) => ({ content, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ content }) => content);
  const next = () => due.pop() ?? (mayEnd() ? undefined : `content-${Math.floor(random() * CONTENTS)}`);
  const lanes = engines.flatMap((engine, worker) =>
    times(CALLS_IN_FLIGHT, async () => {
      const calls: Call[] = [];
      for (let content = next(); content !== undefined; content = next()) {
        calls.push(...(await recorded(worker, engine, [requestFor(batchId, content)])));
      }
      return calls;
    }),
  );
  return (await Promise.all(lanes)).flat();
}

/** Switches a batch to and fro while calls are delivered. */
async function switchToAndFro(batchId: string, from: Inventory): Promise<void> {
  let to = from;
  for (let switches = 0; switches < SWITCHES; switches++) {
    to = to === 'slots' ? 'essays' : 'slots';
    await migrate(db, batchId, to);
    expect(await inventoryOf(db, batchId)).toBe(to);
    await sleep(10);
  }
}

const SERVES_BOTH: readonly EngineOptions[] = [
  { strategy: built('legacy'), otherInventory: built('inventory') },
  { strategy: built('cte'), otherInventory: built('inventory'), advisoryLocks: true },
  { strategy: built('inventory'), otherInventory: built('legacy') },
];

drawn('engines that serve both inventories lose and double nothing, and fail no call', async (draw) => {
  const from = draw.pick(['slots', 'essays'] as const);
  const engines = SERVES_BOTH.map((options) => db.engine({ ...options, timeoutMs: 30_000 }, CALLS_IN_FLIGHT));
  const batchId = await newBatch(db, from, SLOTS);
  let isSwitched = false;
  const [calls] = await Promise.all([
    deliver(engines, batchId, draw, () => isSwitched),
    switchToAndFro(batchId, from).finally(() => (isSwitched = true)),
  ]);
  for (const engine of engines) await engine.settle();
  expect(calls.filter(({ outcome }) => outcome === 'error' || outcome === 'unknown')).toEqual([]);
  expect(calls.filter(({ outcome }) => outcome === 'created')).toHaveLength(SLOTS);
  const { verdict, invariants } = await verifyBatch(db, batchId, SLOTS, calls);
  expect(invariants.filter(({ passed }) => !passed)).toEqual([]);
  expect(verdict).toBe('valid');
});

/** A built-in statement that takes its table for the inventory, whatever the tracker says. */
function unguarded(name: 'cte' | 'inventory', inventory: Inventory): StrategySpec {
  const sql = sqlFile(`strategies/${name}.sql`);
  const fits = edited(sql, `inventory = '${inventory}' as fits`, 'true as fits');
  return custom(edited(fits, `inventory = 'switching' as is_switching`, 'false as is_switching'), inventory);
}

drawn('strategies that ignore which inventory a batch has are caught', async (draw) => {
  const engines = [unguarded('cte', 'slots'), unguarded('inventory', 'essays')].map((strategy) =>
    db.engine({ strategy, timeoutMs: 5_000 }, CALLS_IN_FLIGHT),
  );
  const batchId = await newBatch(db, 'slots', SLOTS);
  const delivered = deliver(engines, batchId, draw);
  await migrate(db, batchId, 'essays');
  const calls = await delivered;
  const { verdict, invariants } = await verifyBatch(db, batchId, SLOTS, calls);
  expect(verdict).toBe('invalid');
  expect(invariants.filter(({ passed }) => !passed).map(({ name }) => name)).toContain(
    'one-content-per-slot',
  );
});

it('a call that both strategies refuse ends at its deadline', async () => {
  const batchId = await newBatch(db, 'slots', 1);
  await leaveSwitching(db, batchId, 'essays');
  const refusing = (name: 'cte' | 'inventory', inventory: Inventory) =>
    custom(
      edited(sqlFile(`strategies/${name}.sql`), "    when seen.is_switching then 'contended'\n", ''),
      inventory,
    );
  const engine = db.engine({
    ...{
      strategy: refusing('cte', 'slots'),
      otherInventory: refusing('inventory', 'essays'),
      timeoutMs: 200,
    },
  });
  await expect(engine.assign(requestFor(batchId, 'content'))).rejects.toMatchObject({
    code: 'contention_deadline',
  });
  expect(engine.counters.roundTrips).toBeLessThan(100);
});

it('a content called migrate is claimed with advisory locks while its batch is locked for migration', async () => {
  const batchId = await newBatch(db, 'slots', 1);
  const engine = db.engine({ strategy: built('cte'), advisoryLocks: true, timeoutMs: 2_000 });
  const beforeMark = async () => {
    expect(await engine.assign(requestFor(batchId, 'migrate'))).toMatchObject({ outcome: 'created' });
  };
  await migrate(db, batchId, 'essays', { beforeMark });
});

it('an engine whose strategies fill the same inventory is refused', () => {
  const options = { strategy: built('legacy'), otherInventory: built('cte') };
  expect(() => db.engine(options)).toThrow(
    'otherInventory fills slots, as the strategy itself does; accepted: a strategy that fills essays',
  );
});
