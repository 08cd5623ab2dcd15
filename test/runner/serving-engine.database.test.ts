import { expect, it } from 'vitest';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import type { Target } from '#els/target/target.js';
import { elsTarget } from '#els/targets/els/target.js';
import type { WorkerJob } from '#els/runner/messages.js';
import { ServingEngine } from '#els/runner/serving-engine.js';
import { warmUpSlots } from '#els/runner/warm-up.js';
import { planWorkload } from '#els/workload/plan.js';
import { until, withForeign } from '../engine/support/hold.js';
import { requestFor, useDatabase } from '../support/database.js';

const db = useDatabase();
const [LEGACY, CTE, INVENTORY] = (['legacy', 'cte', 'inventory'] as const).map((name) =>
  elsTarget({ strategy: { kind: 'built-in', name }, advisoryLocks: false }),
) as [Target, Target, Target];

/** Of one engine on the two connections below, on a batch. */
const WARM_UP_CALLS = warmUpSlots(1, 2);

function jobOn(runId: string): WorkerJob {
  const scenario = {
    ...{ name: 'one', description: 'one', batches: 1, slots: 4, contents: 4, deliveries: 1, workers: 1 },
    ...{ arrival: 'closed' as const, connections: 2, bulk: 1, faults: [], rttMs: 0, gates: [] },
  };
  return {
    ...{ plan: planWorkload(scenario, runId, 1), workerIndex: 0, spec: LEGACY.spec, forms: LEGACY.forms },
    ...{ source: '--database-url', connectionString: db.url, applicationName: runId, schema: db.schema },
    ...{ timeoutMs: 10_000, prepare: true, journal: 'batched' },
    warmUpBatches: ['slots', 'essays'].map((form) => ({ batchId: `${runId}-${form}-warm-up`, form })),
  };
}

async function opened(runId: string): Promise<ServingEngine> {
  await db.register({ batchId: runId, slots: 4, inventory: 'slots' });
  await db.register({ batchId: `${runId}-slots-warm-up`, slots: 3 * WARM_UP_CALLS, inventory: 'slots' });
  await db.register({ batchId: `${runId}-essays-warm-up`, slots: WARM_UP_CALLS, inventory: 'essays' });
  return ServingEngine.open(jobOn(runId));
}

const backends = (runId: string) =>
  db.query(`select pid from pg_stat_activity where application_name = $1`, [runId]);

it('gives new calls to the next engine, lets those before end on theirs, and then closes it', async () => {
  const engine = await opened('change');
  await withForeign(db, async (foreign) => {
    await foreign.query(`select 1 from essay_states where batch_id = 'change' for update`);
    const before = engine.assign(requestFor('change', 'one'));
    await until('the call waits for its essay', async () => {
      const waiting = await db.query(
        `select 1 from pg_stat_activity where application_name = 'change' and wait_event_type = 'Lock'`,
      );
      return waiting.length === 1;
    });
    let isChanged = false;
    const changed = engine.change(CTE).then(() => (isChanged = true));
    await until('there are two engines', async () => (await backends('change')).length === 4);
    expect(isChanged).toBe(false);
    await foreign.rollback();
    await expect(before).resolves.toMatchObject({ outcome: 'created' });
    await changed;
  });
  await until('one engine is left', async () => (await backends('change')).length === 2);
  const { roundTrips } = engine.counters;
  await expect(engine.assign(requestFor('change', 'two'))).resolves.toMatchObject({ outcome: 'created' });
  expect(engine.counters.roundTrips - roundTrips).toBe(1);
  expect(roundTrips).toBeGreaterThan(5);
  await engine.close();
});

it('serves batches of the inventory before, and pays what the engine before owed', async () => {
  const engine = await opened('owe');
  await engine.change(CTE);
  for (const content of ['one', 'two', 'three', 'four']) await engine.assign(requestFor('owe', content));
  await engine.change(INVENTORY.takeOverFrom?.(CTE) ?? INVENTORY);
  const completed = await db.query(
    `select 1 from batch_essay_trackers where batch_id = 'owe' and completed_at is not null`,
  );
  expect(completed).toHaveLength(1);
  const again = await engine.assign(requestFor('owe', 'one'));
  expect(again).toMatchObject({ outcome: 'reused' });
  await engine.close();
});

it('warms every engine up on each inventory that it serves', async () => {
  const engine = await opened('warm');
  const created = async (inventory: Inventory) => {
    const contents = await db.query(
      `select 1 from essay_states where batch_id = $1 and text_storage_id is not null`,
      [`warm-${inventory}-warm-up`],
    );
    return contents.length;
  };
  const byLegacy = await created('slots');
  await engine.change(CTE);
  const byCte = await created('slots');
  expect(byCte).toBeGreaterThan(byLegacy);
  expect(await created('essays')).toBe(0);
  await engine.change(INVENTORY.takeOverFrom?.(CTE) ?? INVENTORY);
  expect(await created('slots')).toBeGreaterThan(byCte);
  expect(await created('essays')).toBeGreaterThan(0);
  await engine.close();
});
