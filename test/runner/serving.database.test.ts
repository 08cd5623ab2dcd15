import { expect, it } from 'vitest';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import type { CallAnswer } from '#els/target/instance.js';
import type { Target } from '#els/target/target.js';
import { elsTarget, takingOver } from '#els/targets/els/target.js';
import type { WorkerJob } from '#els/runner/messages.js';
import { ServingInstances } from '#els/runner/serving.js';
import { warmUpSlots } from '#els/runner/warm-up.js';
import { openInstance } from '#els/targets/open.js';
import { planWorkload } from '#els/workload/plan.js';
import { until, withForeign } from '../engine/support/hold.js';
import { useDatabase } from '../support/database.js';
import { scenarioOf } from '../support/scenario.js';

const db = useDatabase();
const [LEGACY, CTE] = (['legacy', 'cte'] as const).map((name) =>
  elsTarget({ strategy: { kind: 'built-in', name }, advisoryLocks: false }),
) as [Target, Target];

/** Of one instance on the two connections below, on a batch. */
const WARM_UP_CALLS = warmUpSlots(1, 2);

function jobOn(runId: string): WorkerJob {
  const scenario = scenarioOf({ slots: 4, contents: 4, arrival: 'closed', workers: 1, connections: 2 });
  return {
    ...{ plan: planWorkload(scenario, runId, 1), workerIndex: 0, spec: LEGACY.spec, forms: LEGACY.forms },
    ...{ source: '--database-url', connectionString: db.url, applicationName: runId, schema: db.schema },
    ...{ timeoutMs: 10_000, prepare: true, journal: 'batched', places: 'named', refs: new Map() },
    warmUpBatches: ['slots', 'essays'].map((form) => ({ batchId: `${runId}-${form}-warm-up`, form })),
  };
}

/** A call for one content. */
async function assign(serving: ServingInstances, batchId: string, contentId: string): Promise<CallAnswer> {
  const call = { batchId, contentId, callId: `${batchId} ${contentId}`, redelivered: false };
  const [answer] = await serving.assign([call]);
  if (answer === undefined) throw new Error('there was no answer');
  return answer;
}

async function opened(runId: string): Promise<ServingInstances> {
  await db.register({ batchId: runId, slots: 4, inventory: 'slots' });
  await db.register({ batchId: `${runId}-slots-warm-up`, slots: 3 * WARM_UP_CALLS, inventory: 'slots' });
  await db.register({ batchId: `${runId}-essays-warm-up`, slots: WARM_UP_CALLS, inventory: 'essays' });
  return ServingInstances.open(openInstance, jobOn(runId));
}

const backends = (runId: string) =>
  db.query(`select pid from pg_stat_activity where application_name = $1`, [runId]);

it('gives new calls to the next instance, lets those before end on theirs, and then closes it', async () => {
  const serving = await opened('change');
  await withForeign(db, async (foreign) => {
    await foreign.query(`select 1 from essay_states where batch_id = 'change' for update`);
    const before = assign(serving, 'change', 'one');
    await until('the call waits for its essay', async () => {
      const waiting = await db.query(
        `select 1 from pg_stat_activity where application_name = 'change' and wait_event_type = 'Lock'`,
      );
      return waiting.length === 1;
    });
    let isChanged = false;
    const changed = serving.change(CTE).then(() => (isChanged = true));
    await until('there are two instances', async () => (await backends('change')).length === 4);
    expect(isChanged).toBe(false);
    await foreign.rollback();
    await expect(before).resolves.toMatchObject({ outcome: 'created' });
    await changed;
  });
  await until('one instance is left', async () => (await backends('change')).length === 2);
  const { roundTrips } = serving.counters;
  await expect(assign(serving, 'change', 'two')).resolves.toMatchObject({ outcome: 'created' });
  expect((serving.counters.roundTrips ?? NaN) - (roundTrips ?? NaN)).toBe(1);
  expect(roundTrips).toBeGreaterThan(5);
  await serving.close();
});

it('serves batches of the inventory before, and makes the pending checks of the instance before', async () => {
  const serving = await opened('pending');
  await serving.change(CTE);
  for (const content of ['one', 'two', 'three', 'four']) await assign(serving, 'pending', content);
  await serving.change(takingOver({ kind: 'built-in', name: 'inventory' }, CTE));
  const completed = await db.query(
    `select 1 from batch_essay_trackers where batch_id = 'pending' and completed_at is not null`,
  );
  expect(completed).toHaveLength(1);
  const again = await assign(serving, 'pending', 'one');
  expect(again).toMatchObject({ outcome: 'reused' });
  await serving.close();
});

it('warms every instance up on each inventory that it serves', async () => {
  const serving = await opened('warm');
  const created = async (inventory: Inventory) => {
    const contents = await db.query(
      `select 1 from essay_states where batch_id = $1 and text_storage_id is not null`,
      [`warm-${inventory}-warm-up`],
    );
    return contents.length;
  };
  const byLegacy = await created('slots');
  await serving.change(CTE);
  const byCte = await created('slots');
  expect(byCte).toBeGreaterThan(byLegacy);
  expect(await created('essays')).toBe(0);
  await serving.change(takingOver({ kind: 'built-in', name: 'inventory' }, CTE));
  expect(await created('slots')).toBeGreaterThan(byCte);
  expect(await created('essays')).toBeGreaterThan(0);
  await serving.close();
});
