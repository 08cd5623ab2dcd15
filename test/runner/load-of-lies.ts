import type { LoadJob } from '#els/runner/run-load.js';
import { elsTarget } from '#els/targets/els/target.js';
import { planWorkload } from '#els/workload/plan.js';
import { scenarioOf } from '../support/scenario.js';

const CTE = elsTarget({ strategy: { kind: 'built-in', name: 'cte' }, advisoryLocks: false });

/** Contents of the load below, each delivered once. */
export const CONTENTS = 20;

/**
 * A load for workers that need no database.
 *
 * @param timeoutMs of one call
 */
export function loadOfLies(lie: string, workers: number, timeoutMs = 0): LoadJob {
  const scenario = scenarioOf({ slots: CONTENTS, contents: CONTENTS, workers, connections: 1 });
  return {
    ...{ plan: planWorkload(scenario, 'run', 1), spec: CTE.spec, forms: CTE.forms },
    ...{
      address: { source: '--database-url', connectionString: 'postgres:///?connect_timeout=1' },
      schema: lie,
      timeoutMs,
      prepare: true,
    },
    ...{ applicationName: 'lies', warmUpBatches: [], places: 'named', refs: new Map() },
  };
}
