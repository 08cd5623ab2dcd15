import type { LoadJob } from '#els/runner/run-load.js';
import { planWorkload } from '#els/scenario/plan.js';

/** Contents of the load below, each delivered once. */
export const CONTENTS = 20;

/** A load for workers that need no database. */
export function loadOfLies(lie: string, workers: number): LoadJob {
  const scenario = {
    ...{ name: 'lies', description: 'lies', batches: 1, slots: CONTENTS, contents: CONTENTS, deliveries: 1 },
    ...{ arrival: 'burst' as const, workers, connections: 1, bulk: 1, faults: [], rttMs: 0, gates: [] },
  };
  return {
    ...{ plan: planWorkload(scenario, 'run', 1), strategy: { kind: 'built-in', name: 'cte' } },
    ...{
      advisoryLocks: false,
      target: { source: '--database-url', connectionString: '' },
      schema: lie,
      timeoutMs: 0,
      prepare: true,
    },
    ...{ applicationName: 'lies', warmUpBatchId: 'warm-up' },
  };
}
