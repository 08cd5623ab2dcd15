import { describe, expect } from 'vitest';
import { batchStatus, type BatchStatus } from '#els/targets/els/batches/status.js';
import { CUT_OFF } from '#els/domain/call.js';
import type { Call } from '#els/domain/call.js';
import type { WorkloadPlan } from '#els/domain/scenario.js';
import { toCall } from '#els/runner/call-chunks.js';
import { requestOf } from '#els/runner/requests.js';
import { toRequest } from '#els/targets/els/call-end.js';
import { deliveriesOf } from '#els/workload/plan.js';
import { run } from '../support/command-line.js';
import { useDatabase } from '../support/database.js';
import { askOracles } from '../support/oracles.js';
import { startWorker } from './support/crashing-worker.js';
import { drawn } from '../support/draws.js';
import { until, withForeign } from './support/hold.js';
import { ASSIGNED_EVENT, assignedEssays, COMPLETED_EVENT, disagreements, eventsOf } from './support/rows.js';
import { optionsOf, VARIANTS, type Variant } from './support/variants.js';

// Where a process may die between two of its commits: what it leaves is found, repaired by the next delivery, and
// counted. Hold points make it die there and nowhere else.

const db = useDatabase();

/** A call of each content whose process died before it answered. */
function unanswered(plan: WorkloadPlan): Call[] {
  return [...deliveriesOf({ plan, workerIndex: 0 })].map(({ index }) =>
    toCall(plan, 0, {
      ...{ deliveryIndex: index, intendedMicros: 0, startMicros: 0, endMicros: 1 },
      ...CUT_OFF,
    }),
  );
}

/** What the oracles find violated while nobody answered for the worker's calls. */
async function violations(plan: WorkloadPlan): Promise<{ name: string; found: number }[]> {
  const { verdict, invariants } = await askOracles(db, plan, unanswered(plan));
  expect(verdict).toBe('unknown');
  return invariants
    .filter(({ passed }) => !passed)
    .map(({ name, witnesses }) => ({ name, found: witnesses.length }));
}

async function statusOf(batchId: string): Promise<BatchStatus | undefined> {
  const client = await db.pool.connect();
  try {
    return await batchStatus(client, batchId);
  } finally {
    client.release();
  }
}

/** Delivers every content again, as a sender does that heard nothing; returns who wrote each essay. */
async function deliverAgain(plan: WorkloadPlan, variant: Variant): Promise<string[]> {
  const engine = db.engine(optionsOf(variant));
  const again = [...deliveriesOf({ plan, workerIndex: 0 })].map((delivery) => ({
    ...toRequest(requestOf(plan, delivery, false)),
    correlationId: `again-${delivery.index}`,
  }));
  await Promise.all(again.map((request) => engine.assign(request)));
  await engine.close();
  return again.map(({ correlationId }) => correlationId);
}

async function expectWhole(plan: WorkloadPlan, batchId: string): Promise<void> {
  const { contents } = plan.scenario;
  expect(await violations(plan)).toEqual([]);
  expect(await assignedEssays(db, batchId)).toHaveLength(contents);
  expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(contents);
  expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
}

describe.each(VARIANTS.filter(({ strategy }) => strategy === 'legacy'))('$name', (variant) => {
  drawn(
    'killed between its two transactions leaves orphans that the next deliveries repair',
    async (draw) => {
      const contents = draw.integer(2, 5);
      const worker = await startWorker(db, variant, contents);
      await withForeign(db, async (foreign) => {
        await foreign.query('select 1 from essay_states where batch_id = $1 for update', [worker.batchId]);
        worker.release();
        await worker.untilLocked(contents);
        await worker.kill();
      });
      await worker.untilGone();

      expect(await disagreements(db, worker.batchId)).toHaveLength(contents);
      // Neither free nor ready: what `status` shows of orphans.
      expect(await statusOf(worker.batchId)).toMatchObject({ expected: contents, available: 0, ready: 0 });
      expect(await violations(worker.plan)).toEqual([{ name: 'slot-and-essay-agree', found: contents }]);

      const again = await deliverAgain(worker.plan, variant);
      await expectWhole(worker.plan, worker.batchId);
      const events = await eventsOf(db, worker.batchId, ASSIGNED_EVENT);
      const repairers = events.map((event) => event.event_data['correlation_id']);
      expect(repairers.sort()).toEqual(again.sort());
    },
  );
});

describe.each(VARIANTS.filter(({ advisoryLocks }) => !advisoryLocks))('$name', (variant) => {
  /** Fills a batch and dies with its look under way; a look that is rolled back was never made. */
  async function dieBeforeLook(contents: number) {
    const worker = await startWorker(db, variant, contents);
    await withForeign(db, async (foreign) => {
      await foreign.query('select 1 from batch_essay_trackers where batch_id = $1 for update', [
        worker.batchId,
      ]);
      worker.release();
      await until(
        'the batch is full',
        async () => (await assignedEssays(db, worker.batchId)).length === contents,
      );
      await worker.untilLocked(1);
      await worker.kill();
      await worker.endBackends();
    });
    return worker;
  }

  drawn(
    'killed between commit and completion leaves a batch uncompleted that the next delivery completes',
    async (draw) => {
      const { plan, batchId } = await dieBeforeLook(draw.integer(1, 5));
      expect(await violations(plan)).toEqual([{ name: 'one-completion-per-full-batch', found: 1 }]);
      await deliverAgain(plan, variant);
      await expectWhole(plan, batchId);
    },
  );

  drawn(
    'killed between commit and completion leaves a batch uncompleted that status --repair completes and counts',
    async (draw) => {
      const { plan, batchId } = await dieBeforeLook(draw.integer(1, 5));
      const where = ['--database-url', db.url, '--schema', db.schema];
      const first = await run(['status', batchId, '--repair', '--json', ...where]);
      const second = await run(['status', batchId, '--repair', '--json', ...where]);
      expect(first.code).toBe(0);
      expect(JSON.parse(first.stdout)).toMatchObject({ batchId, repaired: true });
      expect(JSON.parse(second.stdout)).toMatchObject({ batchId, repaired: false });
      await expectWhole(plan, batchId);
    },
  );
});
