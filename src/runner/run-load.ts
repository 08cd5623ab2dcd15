import type { DatabaseTarget } from '../database/target.js';
import type { EngineCounters } from '../domain/assignment.js';
import type { Call } from '../domain/call.js';
import type { LatencyMicros } from '../domain/run-result.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { StrategySpec } from '../engine/strategy.js';
import { toCalls } from './call-chunks.js';
import { nowMicros } from './clock.js';
import { killAtDeadline, type WorkerFleet } from './fleet.js';
import { addUp, toLatencyMicros } from './latency.js';
import type { WorkerJob, WorkerSummary } from './messages.js';
import type { WorkerProcess } from './worker-process.js';

/** A load to be put on a database by worker processes. */
export interface LoadJob {
  readonly plan: WorkloadPlan;
  readonly strategy: StrategySpec;
  readonly advisoryLocks: boolean;
  readonly target: DatabaseTarget;
  readonly schema: string;
  /** Deadline of one call. */
  readonly timeoutMs: number;
  /** Of the workers' connections, and of nothing else. */
  readonly applicationName: string;
  readonly warmUpBatchId: string;
}

/** What all workers saw. */
export interface Recording {
  readonly calls: readonly Call[];
  readonly latencyMicros: LatencyMicros;
  readonly serviceTimeMicros: LatencyMicros;
  readonly counters: EngineCounters;
  /** From the barrier's release to the last answer. */
  readonly durationMs: number;
  /** Whether a worker made all its deliveries before the scenario's duration was over. */
  readonly ranOut: boolean;
}

/** Every worker gets the release before it comes. */
const RELEASE_LEAD_MICROS = 20_000;
/** A worker that was told to stop and has not said what it has after this long is killed. */
const STOP_DEADLINE_MS = 4_000;

/**
 * Puts a load on a database: lets the workers connect, prepare and warm up, releases them together, and collects
 * histograms and history.
 *
 * @param fleet the processes; it is closed when the load was stopped or failed
 * @param beforeRelease awaited when all workers stand at the barrier
 * @param stop ends the load early; what was recorded until then is returned
 * @throws InfrastructureError that names the worker which died or failed
 */
export async function runLoad(
  fleet: WorkerFleet,
  job: LoadJob,
  beforeRelease: () => Promise<void>,
  stop: AbortSignal,
): Promise<Recording> {
  const workers = fleet.take(job.plan.scenario.workers);
  let finished = false;
  // A signal to the whole group reaches workers before the barrier too: they must hear that a stop is meant.
  const onStop = () => workers.forEach((worker) => worker.stop());
  stop.addEventListener('abort', onStop, { once: true });
  try {
    await Promise.all(workers.map((worker, index) => worker.prepare(toWorkerJob(job, index))));
    await beforeRelease();
    const recording = await release(workers, job.plan, stop);
    finished = !stop.aborted;
    return recording;
  } finally {
    stop.removeEventListener('abort', onStop);
    if (!finished) await fleet.close();
  }
}

async function release(
  workers: readonly WorkerProcess[],
  plan: WorkloadPlan,
  stop: AbortSignal,
): Promise<Recording> {
  const calls: Call[] = [];
  const startMicros = nowMicros() + RELEASE_LEAD_MICROS;
  const deliveries = workers.map((worker, index) =>
    worker.deliver(startMicros, (chunk) => {
      for (const call of toCalls(plan, index, chunk)) calls.push(call);
    }),
  );
  const summaries = await stoppable(workers, deliveries, stop);
  return toRecording(calls, summaries, startMicros);
}

/** Stopped workers are given time to say what they have; a stuck one is killed and has said it all. */
async function stoppable(
  workers: readonly WorkerProcess[],
  deliveries: readonly Promise<WorkerSummary>[],
  stop: AbortSignal,
): Promise<WorkerSummary[]> {
  const onStop = () => {
    for (const worker of workers) worker.stop();
    void killAtDeadline(workers, Promise.allSettled(deliveries), STOP_DEADLINE_MS);
  };
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });
  try {
    const summaries = await Promise.all(deliveries.map((delivery) => summaryOf(delivery, stop)));
    return summaries.filter((summary) => summary !== undefined);
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

async function summaryOf(
  delivery: Promise<WorkerSummary>,
  stop: AbortSignal,
): Promise<WorkerSummary | undefined> {
  try {
    return await delivery;
  } catch (error) {
    if (stop.aborted) return undefined;
    throw error;
  }
}

function toWorkerJob(job: LoadJob, workerIndex: number): WorkerJob {
  const { plan, strategy, advisoryLocks, applicationName, schema, timeoutMs, warmUpBatchId } = job;
  return {
    workerIndex,
    plan,
    strategy,
    advisoryLocks,
    source: job.target.source,
    connectionString: job.target.connectionString,
    applicationName,
    schema,
    timeoutMs,
    warmUpBatchId,
  };
}

function toRecording(
  calls: readonly Call[],
  summaries: readonly WorkerSummary[],
  startMicros: number,
): Recording {
  const endMicros = calls.reduce((latest, call) => Math.max(latest, call.endMicros), startMicros);
  return {
    calls,
    latencyMicros: toLatencyMicros(addUp(summaries.map((summary) => summary.latency))),
    serviceTimeMicros: toLatencyMicros(addUp(summaries.map((summary) => summary.serviceTime))),
    counters: sumCounters(summaries.map((summary) => summary.counters)),
    durationMs: (endMicros - startMicros) / 1_000,
    ranOut: summaries.some((summary) => summary.ranOut),
  };
}

function sumCounters(counters: readonly EngineCounters[]): EngineCounters {
  const retriesByCode: Record<string, number> = {};
  for (const [code, count] of counters.flatMap((each) => Object.entries(each.retriesByCode))) {
    retriesByCode[code] = (retriesByCode[code] ?? 0) + count;
  }
  return {
    roundTrips: counters.reduce((sum, each) => sum + each.roundTrips, 0),
    completionLooks: counters.reduce((sum, each) => sum + each.completionLooks, 0),
    retriesByCode,
  };
}
