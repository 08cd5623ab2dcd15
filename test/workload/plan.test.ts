import { describe, expect, it } from 'vitest';
import { slotsOfBatch } from '#els/domain/load.js';
import type { Delivery, Scenario } from '#els/domain/scenario.js';
import { callsOf, contentId, deliveriesOf, expectedCounts, planWorkload } from '#els/workload/plan.js';
import { forRandomDraws } from '../support/draws.js';
import type { Draw } from '../support/draws.js';
import { draws } from '../support/effort.js';
import { scenarioOf } from '../support/scenario.js';

function randomScenario(draw: Draw): Scenario {
  return scenarioOf({
    batches: draw.integer(1, 9),
    slots: draw.pick([
      draw.integer(1, 20),
      Array.from({ length: draw.integer(1, 4) }, () => draw.integer(1, 20)),
    ]),
    contents: draw.integer(1, 150),
    deliveries: draw.integer(1, 7),
    arrival: draw.pick(['burst', 'closed']),
    workers: draw.integer(1, 8),
    connections: draw.integer(1, 9),
  });
}

/** The deliveries of every worker, from what travels to it: the plan as JSON. */
function byWorker(shape: Scenario, seed: number, runId = 'run'): Delivery[][] {
  const plan = JSON.parse(JSON.stringify(planWorkload(shape, runId, seed))) as ReturnType<
    typeof planWorkload
  >;
  return Array.from({ length: shape.workers }, (_, workerIndex) => [...deliveriesOf({ plan, workerIndex })]);
}

/** All deliveries in the order in which they start when every worker keeps pace. */
function inOrder(workers: readonly Delivery[][]): Delivery[] {
  const longest = Math.max(...workers.map((deliveries) => deliveries.length));
  return Array.from({ length: longest }, (_, turn) =>
    workers.flatMap((deliveries) => deliveries[turn] ?? []),
  ).flat();
}

describe('planWorkload', () => {
  it('names the batches after the run and counts the deliveries', () => {
    const shape = scenarioOf({ batches: 3, contents: 7, deliveries: 5 });
    expect(planWorkload(shape, 'r1', 42)).toEqual({
      scenario: shape,
      contentIds: 'text',
      runId: 'r1',
      seed: 42,
      batchIds: ['r1-b00001', 'r1-b00002', 'r1-b00003'],
      totalDeliveries: 35,
    });
  });

  it('names every batch differently, up to the largest number of them', () => {
    const { batchIds } = planWorkload(scenarioOf({ batches: 100_000 }), 'r1', 1);
    expect(new Set(batchIds).size).toBe(100_000);
    expect(batchIds.at(-1)).toBe('r1-b100000');
  });
});

describe('contentId', () => {
  it('names contents after the run, from 1', () => {
    expect(contentId({ runId: 'r1', contentIds: 'text' }, 0)).toBe('r1-c0000001');
    expect(contentId({ runId: 'r1', contentIds: 'text' }, 9_999_999)).toBe('r1-c10000000');
  });
});

describe('deliveriesOf', () => {
  it('delivers every index exactly once, shared out evenly', () => {
    forRandomDraws(draws(40, 200), (draw) => {
      const shape = randomScenario(draw);
      const workers = byWorker(shape, draw.integer(0, 2 ** 31));
      const indices = workers.flat().map(({ index }) => index);
      const total = shape.contents * shape.deliveries;
      expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, index) => index));
      const sizes = workers.map((deliveries) => deliveries.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    });
  });

  it('delivers each content as often as the scenario says, to one batch, the batches in turn', () => {
    forRandomDraws(draws(20, 100), (draw) => {
      const shape = randomScenario(draw);
      const times = new Map<number, number>();
      for (const { index, content, batch } of byWorker(shape, 5).flat()) {
        expect(content).toBe(index % shape.contents);
        expect(batch).toBe(content % shape.batches);
        times.set(content, (times.get(content) ?? 0) + 1);
      }
      expect(times.size).toBe(shape.contents);
      expect(new Set(times.values())).toEqual(new Set([shape.deliveries]));
    });
  });

  it('depends on the scenario and the seed alone', () => {
    forRandomDraws(draws(20, 50), (draw) => {
      const shape = randomScenario(draw);
      const seed = draw.integer(0, 2 ** 31);
      expect(byWorker(shape, seed, 'one')).toEqual(byWorker(shape, seed, 'two'));
    });
  });

  it.each(['burst', 'closed'] as const)('orders a %s differently for another seed', (arrival) => {
    const shape = scenarioOf({ contents: 60, deliveries: 2, arrival });
    const orders = [1, 2, 3, 4, 5].map((seed) => JSON.stringify(byWorker(shape, seed)));
    expect(new Set(orders).size).toBe(5);
  });

  it.each(['burst', 'closed'] as const)('spreads the duplicates of a %s over the workers', (arrival) => {
    forRandomDraws(50, (draw) => {
      const shape = scenarioOf({ contents: draw.integer(1, 5), deliveries: 40, workers: 3, arrival });
      const workers = byWorker(shape, draw.integer(0, 2 ** 31));
      // One of 3 workers misses all 40 by chance with probability 3 × (2/3)^40, below 10^-6.
      for (const deliveries of workers) {
        expect(new Set(deliveries.map(({ content }) => content)).size).toBe(shape.contents);
      }
    });
  });

  it('lets workers meet in every batch though batches and workers divide each other', () => {
    for (const arrival of ['burst', 'closed'] as const) {
      const shape = scenarioOf({ batches: 3, contents: 3_000, workers: 3, connections: 2, arrival });
      for (const deliveries of byWorker(shape, 11)) {
        expect(new Set(deliveries.map(({ batch }) => batch)).size).toBe(3);
      }
    }
  });

  it('keeps the duplicates of a closed loop about as close as its calls in flight', () => {
    forRandomDraws(draws(8, 50), (draw) => {
      const shape = { ...randomScenario(draw), arrival: 'closed' as const, contents: 500 };
      const first = new Map<number, number>();
      const inFlight = shape.workers * shape.connections;
      for (const [position, { content }] of inOrder(byWorker(shape, 3)).entries()) {
        const distance = position - (first.get(content) ?? position);
        expect(distance).toBeLessThan(inFlight + shape.deliveries);
        if (!first.has(content)) first.set(content, position);
      }
    });
  });

  it('shuffles a burst as a whole', () => {
    const order = inOrder(byWorker(scenarioOf({ contents: 1_000, deliveries: 2 }), 9));
    const half = order.slice(0, 1_000);
    // 500 of each 1000 are expected in the first half, with a standard deviation of about 11.
    const early = half.filter(({ content }) => content < 500).length;
    const firstDeliveries = half.filter(({ index }) => index < 1_000).length;
    expect(Math.abs(early - 500)).toBeLessThan(70);
    expect(Math.abs(firstDeliveries - 500)).toBeLessThan(70);
  });

  it.each(['burst', 'closed'] as const)(
    "plans 1,000,000 deliveries of a %s in well under a second of the processor's time",
    (arrival) => {
      const plan = planWorkload(scenarioOf({ contents: 250_000, deliveries: 4, arrival }), 'run', 1);
      const start = process.cpuUsage();
      let made = 0;
      for (const { index } of deliveriesOf({ plan, workerIndex: 1 })) made += index >= 0 ? 1 : 0;
      const { user, system } = process.cpuUsage(start);
      expect(user + system).toBeLessThan(1_000_000);
      expect(made).toBe(333_333);
    },
  );
});

/** What the planner of the version before bulk calls made of the shape below. */
const ORDER_OF_BULK_1 = [
  [[7], [8], [10], [2], [4], [11], [13]],
  [[0], [1], [9], [3], [12], [5], [6]],
];

describe('callsOf', () => {
  const bulky = (draw: Draw) => ({ ...randomScenario(draw), bulk: draw.integer(2, 40) });

  /** The calls of every worker. */
  function calls(shape: Scenario, seed: number): (readonly Delivery[])[][] {
    const plan = planWorkload(shape, 'run', seed);
    return Array.from({ length: shape.workers }, (_, workerIndex) => [...callsOf({ plan, workerIndex })]);
  }

  it('makes every delivery in exactly one call, and gives no worker two calls more than another', () => {
    forRandomDraws(draws(40, 200), (draw) => {
      const shape = bulky(draw);
      const workers = calls(shape, draw.integer(0, 2 ** 31));
      const indices = workers.flat(2).map(({ index }) => index);
      const total = shape.contents * shape.deliveries;
      expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, index) => index));
      const counts = workers.map((worker) => worker.length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    });
  });

  it('fills every call with deliveries of one batch, but for one call of each batch', () => {
    forRandomDraws(draws(40, 200), (draw) => {
      const shape = bulky(draw);
      const notFull = new Set<number>();
      for (const call of calls(shape, draw.integer(0, 2 ** 31)).flat()) {
        const batch = call[0]?.batch ?? NaN;
        expect(call.every((delivery) => delivery.batch === batch)).toBe(true);
        if (call.length === shape.bulk) continue;
        expect(call.length).toBeLessThan(shape.bulk);
        expect(notFull.has(batch)).toBe(false);
        notFull.add(batch);
      }
    });
  });

  it('makes the deliveries one by one with bulk 1, in the order of every version before', () => {
    const shape = scenarioOf({
      batches: 2,
      contents: 7,
      deliveries: 2,
      arrival: 'closed',
      workers: 2,
      connections: 2,
    });
    const indices = calls(shape, 5).map((worker) => worker.map((call) => call.map(({ index }) => index)));
    expect(indices).toEqual(ORDER_OF_BULK_1);
  });

  it('spreads the duplicates of a closed loop over calls that are in flight together', () => {
    forRandomDraws(draws(10, 50), (draw) => {
      const shape = scenarioOf({
        ...{ batches: draw.integer(1, 20), contents: 4_000, deliveries: 3, arrival: 'closed' },
        bulk: draw.integer(10, 50),
      });
      const workers = calls(shape, draw.integer(0, 2 ** 31));
      const callOf = new Map<number, Set<number>>();
      for (const [worker, made] of workers.entries()) {
        for (const [turn, call] of made.entries()) {
          const position = turn * shape.workers + worker;
          for (const { content } of call)
            callOf.set(content, (callOf.get(content) ?? new Set()).add(position));
        }
      }
      const spread = [...callOf.values()].filter((positions) => positions.size > 1).length;
      expect(spread).toBeGreaterThan(shape.contents / 2);
    });
  });
});

describe('expectedCounts', () => {
  it('agrees with serving the deliveries one after another', () => {
    forRandomDraws(draws(60, 300), (draw) => {
      const shape = randomScenario(draw);
      const free = Array.from({ length: shape.batches }, (_, batch) => slotsOfBatch(shape, batch));
      const served = new Set<number>();
      const counted = { created: 0, successes: 0, noSlot: 0 };
      for (const { content, batch } of inOrder(byWorker(shape, 1))) {
        const left = free[batch] ?? 0;
        if (served.has(content)) counted.successes += 1;
        else if (left > 0) {
          served.add(content);
          free[batch] = left - 1;
          counted.created += 1;
          counted.successes += 1;
        } else counted.noSlot += 1;
      }
      expect(expectedCounts(shape)).toEqual(counted);
    });
  });
});
