import { randomBytes } from 'node:crypto';
import { registerBatches } from '#els/targets/els/batches/register.js';
import { slotsOfBatch } from '#els/domain/load.js';
import type { WorkloadPlan } from '#els/domain/scenario.js';
import { nowMicros } from '#els/base/clock.js';
import { Ledger } from '#els/runner/ledger.js';
import type { WorkerJob } from '#els/runner/messages.js';
import { WorkerProcess } from '#els/runner/worker-process.js';
import { warmUpSlots } from '#els/runner/warm-up.js';
import { planWorkload, workersOf } from '#els/workload/plan.js';
import type { TestDatabase } from '../../support/database.js';
import { scenarioOf } from '../../support/scenario.js';
import { until, type Backend } from './hold.js';
import { targetOf, type Variant } from './variants.js';

/** A real worker process that stands at the barrier, with a batch of its own to fill. */
export interface CrashingWorker {
  readonly plan: WorkloadPlan;
  readonly batchId: string;
  /** Lets it deliver. */
  release(): void;
  /** Waits until this many of its calls wait for a lock. */
  untilLocked(count: number): Promise<void>;
  /** SIGKILL; resolves when the process is gone. Its backends may still be there. */
  kill(): Promise<void>;
  /** Ends its backends and waits until they are gone. */
  endBackends(): Promise<void>;
  /** Waits until its backends have noticed that nobody listens. */
  untilGone(): Promise<void>;
}

/** Registers a batch of as many slots as contents and starts a worker for it, every call at once. */
export async function startWorker(
  db: TestDatabase,
  variant: Variant,
  contents: number,
): Promise<CrashingWorker> {
  const runId = `crash-${randomBytes(5).toString('hex')}`;
  const plan = planWorkload(
    scenarioOf({ slots: contents, contents, workers: 1, connections: contents }),
    runId,
    1,
  );
  const warmUpBatchId = `${runId}-warm-up`;
  await register(db, variant, plan, warmUpBatchId);
  const worker = new WorkerProcess(0);
  const job: WorkerJob = {
    ...{ workerIndex: 0, plan, spec: targetOf(variant).spec, forms: [variant.inventory] },
    ...{ source: '--database-url', connectionString: db.url, places: 'named', refs: new Map() },
    ...{ applicationName: runId, schema: db.schema, timeoutMs: 20_000, prepare: true },
    warmUpBatches: [{ batchId: warmUpBatchId, form: variant.inventory }],
    journal: 'batched',
  };
  await worker.prepare(job);
  const backends = () =>
    db.query<Backend>('select pid, wait_event_type from pg_stat_activity where application_name = $1', [
      runId,
    ]);
  const untilGone = () => until('the backends are gone', async () => (await backends()).length === 0);
  return {
    plan,
    batchId: plan.batchIds[0] ?? '',
    // Its death is what the test is about: it makes the delivery fail.
    release: () => {
      const ledger = new Ledger(workersOf(plan), job, nowMicros());
      void worker.deliver(ledger, () => undefined).catch(() => undefined);
    },
    untilLocked: (count) =>
      until(`${count} calls wait for a lock`, async () => {
        const waiting = (await backends()).filter((backend) => backend.wait_event_type === 'Lock');
        return waiting.length >= count;
      }),
    kill: async () => {
      worker.kill();
      await worker.gone;
    },
    endBackends: async () => {
      await db.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
        runId,
      ]);
      await untilGone();
    },
    untilGone,
  };
}

async function register(
  db: TestDatabase,
  { inventory, name: strategy }: Variant,
  { runId, batchIds, scenario }: WorkloadPlan,
  warmUpBatchId: string,
): Promise<void> {
  const client = await db.pool.connect();
  try {
    const common = { strategy, inventory };
    await registerBatches(client, { ...common, runId, batchIds, slots: slotsOfBatch(scenario, 0) });
    const slots = warmUpSlots(1, scenario.connections);
    await registerBatches(client, { ...common, runId: warmUpBatchId, batchIds: [warmUpBatchId], slots });
  } finally {
    client.release();
  }
}
