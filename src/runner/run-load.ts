import type { DatabaseTarget, Endpoint } from '../database/target.js';
import type { Call } from '../domain/call.js';
import { killsWorker } from '../domain/fault.js';
import type { ClientCost, LatencyMicros, LatencyPoint, TimeSeries } from '../domain/run-result.js';
import type { LoadListener } from '../domain/run-watch.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { StrategySpec } from '../engine/strategy.js';
import { addUpWeights } from './client-weight.js';
import { workersOf } from '../scenario/plan.js';
import { nowMicros } from './clock.js';
import { sumCounters, type LoadCounters } from './counters.js';
import { killAtDeadline, type WorkerFleet } from './fleet.js';
import { addUp, toDistribution, toLatencyMicros } from './latency.js';
import type { ErrorMessages, WarmUpBatchIds, WorkerJob } from './messages.js';
import { Station } from './station.js';
import { toTimeSeries } from './time-series.js';

/** A load to be put on a database by worker processes. */
export interface LoadJob {
  readonly plan: WorkloadPlan;
  readonly strategy: StrategySpec;
  /** For batches that have the other inventory. */
  readonly otherInventory?: StrategySpec | undefined;
  readonly advisoryLocks: boolean;
  readonly target: DatabaseTarget;
  readonly schema: string;
  /** Deadline of one call. */
  readonly timeoutMs: number;
  /** Whether sessions keep settings and prepared statements. */
  readonly prepare: boolean;
  /** With the worker's number added, that of its connections and of nothing else. */
  readonly applicationName: string;
  readonly warmUpBatchIds: WarmUpBatchIds;
  /** Where the server is to be reached instead of at its own address. */
  readonly via?: Endpoint | undefined;
}

/** What all workers saw. */
export interface Recording {
  /** A delivery that was lost with its worker has several: the last one tells how it ended. */
  readonly calls: readonly Call[];
  /** The barrier's release. */
  readonly startMicros: number;
  readonly latencyMicros: LatencyMicros;
  readonly serviceTimeMicros: LatencyMicros;
  readonly scheduleLagMicros: LatencyMicros;
  readonly latencyDistribution: readonly LatencyPoint[];
  readonly timeSeries: TimeSeries;
  readonly counters: LoadCounters;
  readonly client: ClientCost;
  /** From the barrier's release to the last answer. */
  readonly durationMs: number;
  /** Whether a worker made all its deliveries before the scenario's duration was over. */
  readonly ranOut: boolean;
  /** Calls of an open loop that were not made. */
  readonly skipped: number;
  /** Of the worker that comes first, where several had an error of that code. */
  readonly errorMessages: ErrorMessages;
  /** Why calls may be missing, one line each. */
  readonly incomplete: readonly string[];
}

/** Every worker gets the release before it comes. */
const RELEASE_LEAD_MICROS = 20_000;
/** A worker that was told to stop and has not said what it has after this long is killed. */
const STOP_DEADLINE_MS = 4_000;

/** A load under way, for whoever disturbs it. */
export interface RunningLoad {
  /** The barrier's release, on `nowMicros`'s clock. */
  readonly startMicros: number;
  /** One for each worker of the plan. */
  readonly stations: readonly Pick<
    Station,
    'applicationName' | 'lostContents' | 'killAndReplace' | 'pause' | 'resume' | 'change' | 'end'
  >[];
  /** Aborted when every worker has ended, or was told to stop. */
  readonly ended: AbortSignal;
}

/** What happens around a load. */
export interface LoadHooks {
  /** Awaited when all workers stand at the barrier. */
  readonly beforeRelease: () => Promise<void>;
  /** Runs beside the load; awaited when it has ended. */
  readonly during?: ((load: RunningLoad) => Promise<void>) | undefined;
  readonly listener?: LoadListener | undefined;
}

/**
 * Puts a load on a database: lets the workers connect, prepare and warm up, releases them together, and collects
 * histograms and history.
 *
 * @param fleet the processes; it is closed when the load was stopped or failed
 * @param stop ends the load early; what was recorded until then is returned
 * @throws InfrastructureError that names the worker which died, failed, hung or broke the protocol
 */
export async function runLoad(
  fleet: WorkerFleet,
  job: LoadJob,
  hooks: LoadHooks,
  stop: AbortSignal,
): Promise<Recording> {
  const stations = fleet
    .take(job.plan.scenario.workers)
    .map((worker, index) => new Station(fleet, worker, toWorkerJob(job, index), hooks.listener));
  let finished = false;
  // A signal to the whole group reaches workers before the barrier too: they must hear that a stop is meant.
  const onStop = () => stations.forEach((station) => station.stop());
  stop.addEventListener('abort', onStop, { once: true });
  try {
    const ready = Promise.all(stations.map((station) => station.prepare()));
    const makers = workersOf(job.plan);
    await ready;
    await hooks.beforeRelease();
    const recording = await release(stations, makers, hooks, stop);
    finished = !stop.aborted;
    return recording;
  } finally {
    stop.removeEventListener('abort', onStop);
    hooks.listener?.ended();
    if (!finished) await fleet.close();
  }
}

async function release(
  stations: readonly Station[],
  makers: Uint8Array,
  { during, listener }: LoadHooks,
  stop: AbortSignal,
): Promise<Recording> {
  const startMicros = nowMicros() + RELEASE_LEAD_MICROS;
  listener?.released(startMicros);
  const deliveries = stations.map((station) => station.deliver(startMicros, makers));
  const ended = new AbortController();
  const disturbed = during?.({ startMicros, stations, ended: AbortSignal.any([ended.signal, stop]) });
  // It is awaited when the load has ended; until then nobody listens.
  disturbed?.catch(() => undefined);
  try {
    const incomplete = await stoppable(stations, deliveries, stop);
    return toRecording(stations, startMicros, incomplete);
  } finally {
    ended.abort();
    await disturbed;
  }
}

/**
 * Stopped workers are given time to say what they have; a stuck one is killed and has said it all.
 *
 * @returns which workers may have made calls that were not recorded
 */
async function stoppable(
  stations: readonly Station[],
  deliveries: readonly Promise<void>[],
  stop: AbortSignal,
): Promise<string[]> {
  const onStop = () => {
    for (const station of stations) station.stop();
    void killAtDeadline(stations, Promise.allSettled(deliveries), STOP_DEADLINE_MS);
  };
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });
  try {
    const endings = await Promise.all(deliveries.map((delivery, index) => endingOf(delivery, index, stop)));
    return endings.filter((ending) => ending !== undefined);
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

async function endingOf(
  delivery: Promise<void>,
  index: number,
  stop: AbortSignal,
): Promise<string | undefined> {
  try {
    await delivery;
    return undefined;
  } catch (error) {
    if (!stop.aborted) throw error;
    return `worker ${index + 1} had to be killed; its last calls were not recorded`;
  }
}

function toWorkerJob({ target, plan, ...job }: LoadJob, workerIndex: number): WorkerJob {
  return {
    ...job,
    workerIndex,
    plan,
    source: target.source,
    connectionString: target.connectionString,
    applicationName: `${job.applicationName}/${workerIndex + 1}`,
    journal: plan.scenario.faults.some(killsWorker) ? 'immediate' : 'batched',
  };
}

function toRecording(
  stations: readonly Station[],
  startMicros: number,
  incomplete: readonly string[],
): Recording {
  const calls = stations.flatMap((station) => station.calls);
  const summaries = stations.flatMap((station) => station.summaries);
  const endMicros = calls.reduce((latest, call) => Math.max(latest, call.endMicros), startMicros);
  const latency = addUp(summaries.map((summary) => summary.latency));
  return {
    calls,
    startMicros,
    latencyMicros: toLatencyMicros(latency),
    serviceTimeMicros: toLatencyMicros(addUp(summaries.map((summary) => summary.serviceTime))),
    scheduleLagMicros: toLatencyMicros(addUp(summaries.map((summary) => summary.scheduleLag))),
    latencyDistribution: toDistribution(latency),
    timeSeries: toTimeSeries(calls, startMicros),
    counters: sumCounters(summaries.map((summary) => summary.counters)),
    client: addUpWeights(summaries.map((summary) => summary.client)),
    durationMs: (endMicros - startMicros) / 1_000,
    ranOut: summaries.some((summary) => summary.ranOut),
    skipped: summaries.reduce((sum, summary) => sum + summary.skipped, 0),
    errorMessages: summaries.reduceRight<ErrorMessages>(
      (found, summary) => ({ ...found, ...summary.errorMessages }),
      {},
    ),
    incomplete,
  };
}
