import { describe, expect, it } from 'vitest';
import { violated } from '../verify/scenario-files.js';
import { useFaultRuns } from './support.js';

const { run } = useFaultRuns();
const burst = { batches: 1, slots: 60, contents: 60, deliveries: 1, arrival: 'burst', gates: [] };

describe('faults of one run', () => {
  it('do not wait for each other, where there is one call at a time', async () => {
    const faults = ['kill-worker', 'pause-worker', 'terminate-backend'];
    const collided = await run('cte', { ...burst, workers: 1, connections: 1, faults });
    expect(collided.document.code).not.toBe(3);
    expect(violated(collided.run)).toEqual([]);
    expect(collided.faults.map(({ kind }) => kind)).toEqual(faults);
    expect(collided.faults[0]?.struck).toBe(true);
  });

  it.each([4, 6, 9])('strike no backend that a dead worker left, seed %d', async (seed) => {
    const faults = ['kill-worker', 'kill-worker'];
    const shape = { ...burst, workers: 1, connections: 16, faults };
    const twice = await run('inventory', shape, ['--seed', String(seed)]);
    expect(twice.document.code).not.toBe(3);
    expect(violated(twice.run)).toEqual([]);
    expect(twice.run.outcomes.created).toBe(60);
  });
});
