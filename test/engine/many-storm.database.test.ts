import { describe, expect } from 'vitest';
import type { AssignmentRequest } from '#els/targets/els/engine/assignment.js';
import type { AssignmentEngine } from '#els/targets/els/engine/engine.js';
import { planWorkload } from '#els/workload/plan.js';
import { toScenario } from '#els/scenario/resolve.js';
import { scenarioFileSchema } from '#els/scenario/schema.js';
import { requestFor, useDatabase } from '../support/database.js';
import { askOracles } from '../support/oracles.js';
import { recorded } from '../support/recorded.js';
import { drawn, times, type Draw } from '../support/draws.js';
import { BULK_VARIANTS } from './support/many.js';
import { optionsOf } from './support/variants.js';

// Bulk and single calls of several engines on the same few batches and contents, judged by both oracles.

const db = useDatabase();

/** Requests of any of the batches; half of the calls are single ones. */
function drawRequests(draw: Draw, batchIds: readonly string[], contents: number): AssignmentRequest[] {
  const count = draw.integer(0, 1) === 0 ? 1 : draw.integer(2, 40);
  return times(count, () => {
    const batchId = batchIds[draw.integer(0, batchIds.length - 1)] ?? '';
    return requestFor(batchId, `${batchId}-content-${draw.integer(1, contents)}`);
  });
}

describe.each(BULK_VARIANTS)('$name', (variant) => {
  const engines = times(3, () => db.engine(optionsOf(variant), 4));

  drawn('keeps every invariant in storms of bulk and single calls', async (draw) => {
    for (const round of times(4, (position) => position)) {
      const slots = draw.integer(2, 40);
      const contents = slots + draw.integer(-1, 12);
      const shape = { name: 'storm', description: 'made by a test', batches: draw.integer(1, 3), slots };
      const scenario = toScenario(scenarioFileSchema.parse(shape));
      const plan = planWorkload(scenario, `storm-${round}-${draw.integer(0, 2 ** 31)}`, 1);
      for (const batchId of plan.batchIds)
        await db.register({ batchId, slots, inventory: variant.inventory });
      const calls = times(60, (position) => {
        const worker = position % engines.length;
        const engine = engines[worker] as AssignmentEngine;
        return recorded(worker, engine, drawRequests(draw, plan.batchIds, contents));
      });
      const history = (await Promise.all(calls)).flat();
      for (const engine of engines) await engine.settle();
      const { verdict, invariants } = await askOracles(db, plan, history);
      expect(invariants.filter(({ passed }) => !passed)).toEqual([]);
      expect(verdict).toBe('valid');
    }
    for (const { counters } of engines) expect(counters.retriesByCode).not.toHaveProperty('40P01');
  });
});
