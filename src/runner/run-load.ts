import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseTarget } from '../database/target.js';
import type { EngineCounters } from '../domain/assignment.js';
import type { Call } from '../domain/call.js';
import type { LatencyMicros } from '../domain/run-result.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { StrategySpec } from '../engine/strategy.js';
import { toCalls } from './call-chunks.js';
import { nowMicros } from './clock.js';
import { addUp, toLatencyMicros } from './latency.js';
import type { WorkerJob, WorkerSummary } from './messages.js';
import { WorkerProcess } from './worker-process.js';

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
/** A worker that was told to stop and is still there after this long is killed. */
const STOP_DEADLINE_MS = 4_000;

/**
 * Puts a load on a database: forks the workers, lets them connect, prepare and warm up, releases them together,
 * and collects histograms and history.
 *
 * @param beforeRelease awaited when all workers stand at the barrier
 * @param stop ends the load early; what was recorded until then is returned
 * @throws InfrastructureError that names the worker which died or failed; the others are stopped
 */
export async function runLoad(
  job: LoadJob,
  beforeRelease: () => Promise<void>,
  stop: AbortSignal,
): Promise<Recording> {
  const calls: Call[] = [];
  const workers = Array.from({ length: job.plan.scenario.workers }, (_, workerIndex) => {
    const onCalls = (chunk: Parameters<typeof toCalls>[2]) => {
      for (const call of toCalls(job.plan, workerIndex, chunk)) calls.push(call);
    };
    return new WorkerProcess(toWorkerJob(job, workerIndex), onCalls);
  });
  try {
    await Promise.all(workers.map((worker) => worker.ready));
    await beforeRelease();
    const startMicros = nowMicros() + RELEASE_LEAD_MICROS;
    for (const worker of workers) worker.send({ type: 'start', atMicros: startMicros });
    const summaries = await collect(workers, stop);
    return toRecording(calls, summaries, startMicros);
  } finally {
    await endAll(workers);
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

/** Stopped workers are given time to say what they have; a stuck one is killed and has said it all. */
async function collect(workers: readonly WorkerProcess[], stop: AbortSignal): Promise<WorkerSummary[]> {
  const ending = new AbortController();
  const onStop = () => void stopAll(workers, ending.signal);
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });
  try {
    const summaries = await Promise.all(workers.map((worker) => summaryOf(worker, stop)));
    return summaries.filter((summary) => summary !== undefined);
  } finally {
    stop.removeEventListener('abort', onStop);
    ending.abort();
  }
}

async function summaryOf(worker: WorkerProcess, stop: AbortSignal): Promise<WorkerSummary | undefined> {
  try {
    return await worker.done;
  } catch (error) {
    if (stop.aborted) return undefined;
    throw error;
  }
}

/** Tells workers to stop and, unless `ended` comes first, kills them after the deadline. */
async function stopAll(workers: readonly WorkerProcess[], ended: AbortSignal): Promise<void> {
  for (const worker of workers) worker.send({ type: 'stop' });
  await Promise.race([sleep(STOP_DEADLINE_MS, undefined, { ref: false }), once(ended, 'abort')]);
  if (ended.aborted) return;
  for (const worker of workers) worker.kill();
}

async function endAll(workers: readonly WorkerProcess[]): Promise<void> {
  const ended = new AbortController();
  void stopAll(workers, ended.signal);
  await Promise.all(workers.map((worker) => worker.gone));
  ended.abort();
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
