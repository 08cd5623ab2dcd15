import { expect, it } from 'vitest';
import { warmUpBatches } from '#els/app/warm-up-batches.js';
import { warmUpSlots } from '#els/runner/warm-up.js';
import { elsTarget } from '#els/targets/els/target.js';
import { rolledOut } from '#els/targets/resolve.js';
import { planWorkload } from '#els/workload/plan.js';
import { scenarioOf } from '../support/scenario.js';

const SCENARIO = scenarioOf({ slots: 4, contents: 4, arrival: 'closed', workers: 2, connections: 3 });
const START = elsTarget({ strategy: { kind: 'built-in', name: 'inventory' }, advisoryLocks: false });

function enginesOn(rollout?: readonly ('legacy' | 'cte' | 'inventory')[]) {
  const steps = rollout?.map((strategy, position) => ({ atMs: position + 1, strategy }));
  const plan = planWorkload({ ...SCENARIO, ...(steps && { rollout: { steps } }) }, 'run', 1);
  return warmUpBatches([START, ...rolledOut(plan.scenario, START).map(({ target }) => target)], plan).map(
    ({ slots, batchIds, form }) => ({
      ...{ batchIds, form },
      engines: slots / warmUpSlots(2, 3),
    }),
  );
}

it.each(['burst', 'open'] as const)(
  'is none for an arrival that is %s: nothing is executed before it',
  (arrival) => {
    const plan = planWorkload({ ...SCENARIO, arrival }, 'run', 1);
    expect(warmUpBatches([START], plan)).toEqual([]);
  },
);

it('is one of the only inventory, without a rollout', () => {
  expect(enginesOn()).toEqual([{ batchIds: ['run-essays-warm-up'], form: 'essays', engines: 1 }]);
});

it('has slots for each engine that serves an inventory for itself or for the strategy before', () => {
  expect(enginesOn(['cte', 'legacy', 'inventory'])).toEqual([
    { batchIds: ['run-essays-warm-up'], form: 'essays', engines: 3 },
    { batchIds: ['run-slots-warm-up'], form: 'slots', engines: 3 },
  ]);
});
