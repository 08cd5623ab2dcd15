import { once } from 'node:events';
import { nowMicros } from '../base/clock.js';
import { surroundingsFailure } from '../database/pool.js';
import type { ServerAddress } from '../database/address.js';
import type { Call } from '../domain/call.js';
import { InfrastructureError } from '../domain/errors.js';
import { needsJournal } from '../domain/fault.js';
import type { Places } from '../domain/promises.js';
import type { ClientCost, LatencyMicros, LatencyPoint, TimeSeries } from '../domain/run-result.js';
import type { LoadListener } from '../domain/run-watch.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import { workersOf } from '../workload/plan.js';
import { addUpWeights } from './client-weight.js';
import { sumCounters, type LoadCounters } from './counters.js';
import { killAtDeadline, type WorkerFleet } from './fleet.js';
import { addUp, toDistribution, toLatencyMicros } from './latency.js';
import type { ErrorMessages, ServingTarget, UnsettledReason, WarmUpBatch, WorkerJob } from './messages.js';
import { Station } from './station.js';
import { toTimeSeries } from './time-series.js';

/** A load to be put on a database by worker processes. */
export interface LoadJob extends ServingTarget {
  /** Whether answers name slots. */
  readonly places: Places;
  /** What registration returned to be handed to each call on a batch. */
  readonly refs: ReadonlyMap<string, unknown>;
  readonly plan: WorkloadPlan;
  readonly address: ServerAddress;
  readonly schema: string;
  /** Deadline of one call. */
  readonly timeoutMs: number;
  /** Whether sessions keep settings and prepared statements. */
  readonly prepare: boolean;
  /** With the worker's number added, that of its connections and of nothing else. */
  readonly applicationName: string;
  readonly warmUpBatches: readonly WarmUpBatch[];
  /** Where each worker reaches the server, in the order of workers, where that is not its own address. */
  readonly ways?: readonly ServerAddress[] | undefined;
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
  /** How the first answer was that does not fit its target's terms, also of a process that was killed; undefined: all fit. */
  readonly malformed: string | undefined;
  /** Why calls may be missing, one line each. */
  readonly incomplete: readonly string[];
  /** What of the surroundings failed: a worker that died, hung or broke the protocol, or what disturbed the load. */
  readonly failure: InfrastructureError | undefined;
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
    | 'applicationName'
    | 'callsUnderWay'
    | 'lostCalls'
    | 'lostContents'
    | 'killAndReplace'
    | 'pause'
    | 'resume'
    | 'change'
    | 'end'
  >[];
  /** Aborted when every worker has ended, or was told to stop. */
  readonly ended: AbortSignal;
}

/** What happens around a load. */
export interface LoadHooks {
  /** Awaited when all workers stand at the barrier. */
  readonly beforeRelease: () => Promise<void>;
  /** Rejects with an InfrastructureError when what the load needs besides its workers is gone: it ends as if one of them were. */
  readonly broken?: Promise<never> | undefined;
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
 * @returns what was recorded, also where the load failed after its release
 * @throws InfrastructureError that names the worker which died, failed, hung or broke the protocol before the release
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
    await orStopped(ready, stop);
    await hooks.beforeRelease();
    const recording = await release(stations, makers, hooks, job.address, stop);
    finished = !stop.aborted && recording.failure === undefined;
    return recording;
  } finally {
    stop.removeEventListener('abort', onStop);
    hooks.listener?.ended();
    if (!finished) await fleet.close();
  }
}

/**
 * What is not ready when the load is stopped is not waited for: nothing was measured yet.
 *
 * @throws the reason of the stop
 */
async function orStopped(ready: Promise<unknown>, stop: AbortSignal): Promise<void> {
  // Where the stop comes first nobody listens to it any more.
  ready.catch(() => undefined);
  stop.throwIfAborted();
  const ended = new AbortController();
  try {
    await Promise.race([ready, once(stop, 'abort', { signal: ended.signal })]);
  } finally {
    ended.abort();
  }
  stop.throwIfAborted();
}

async function release(
  stations: readonly Station[],
  makers: Uint8Array,
  { broken, during, listener }: LoadHooks,
  address: ServerAddress,
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
    const ending = await stoppable(stations, deliveries, broken, stop);
    ended.abort();
    const disturbance = await disturbed?.then(
      () => undefined,
      (error: unknown) => surroundingsFailure(address, error),
    );
    const unsettled = stop.aborted ? undefined : unsettledFailure(stations);
    const failure = ending.failure ?? unsettled ?? disturbance;
    const incomplete = [...ending.incomplete, ...(disturbance ? [disturbance.message] : [])];
    return toRecording(stations, startMicros, { incomplete, failure });
  } finally {
    ended.abort();
  }
}

/** How the processes of a load ended. */
type Ending = Pick<Recording, 'incomplete' | 'failure'>;

/**
 * Waits for all workers. When one is lost the others are stopped, as by a signal: stopped workers are given time to say
 * what they have; a stuck one is killed, and what it sent until then counts.
 */
async function stoppable(
  stations: readonly Station[],
  deliveries: readonly Promise<void>[],
  broken: Promise<never> | undefined,
  stop: AbortSignal,
): Promise<Ending> {
  const endEarly = () => {
    for (const station of stations) station.stop();
    void killAtDeadline(stations, Promise.allSettled(deliveries), STOP_DEADLINE_MS);
  };
  if (stop.aborted) endEarly();
  stop.addEventListener('abort', endEarly, { once: true });
  const incomplete: string[] = [];
  let failure: InfrastructureError | undefined;
  const lose = (index: number, error: unknown) => {
    if (!(error instanceof InfrastructureError)) throw error;
    const isStopped = stop.aborted || failure !== undefined;
    const how = isStopped ? `worker ${index + 1} had to be killed` : error.message;
    incomplete.push(`${how}; its last calls were not recorded`);
    if (isStopped) return;
    failure = error;
    endEarly();
  };
  let isOver = false;
  broken?.catch((error: InfrastructureError) => {
    if (isOver || stop.aborted || failure !== undefined) return;
    incomplete.push(error.message);
    failure = error;
    endEarly();
  });
  try {
    await Promise.all(deliveries.map((delivery, index) => delivery.catch((error) => lose(index, error))));
    return { incomplete, failure };
  } finally {
    isOver = true;
    stop.removeEventListener('abort', endEarly);
  }
}

/** That a worker could not do what its last calls had left to be done later. */
function unsettledFailure(stations: readonly Station[]): InfrastructureError | undefined {
  const [reason] = unsettledReasons(stations);
  return reason && new InfrastructureError(reason.code, reason.message);
}

function unsettledReasons(stations: readonly Station[]): UnsettledReason[] {
  return stations.flatMap(({ summaries }, index) =>
    summaries.flatMap(({ unsettled }) =>
      unsettled === null ? [] : [{ ...unsettled, message: `worker ${index + 1}: ${unsettled.message}` }],
    ),
  );
}

function toWorkerJob({ address, ways, plan, ...job }: LoadJob, workerIndex: number): WorkerJob {
  const { source, connectionString } = ways?.[workerIndex] ?? address;
  return {
    ...job,
    workerIndex,
    plan,
    source,
    connectionString,
    applicationName: `${job.applicationName}/${workerIndex + 1}`,
    journal: plan.scenario.faults.some(needsJournal) ? 'immediate' : 'batched',
  };
}

function toRecording(
  stations: readonly Station[],
  startMicros: number,
  { incomplete, failure }: Ending,
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
    malformed: stations.find(({ malformed }) => malformed !== undefined)?.malformed,
    incomplete: [
      ...incomplete,
      ...unsettledReasons(stations).map(
        ({ message }) => `${message}; what its calls had left to be done later may not be done`,
      ),
    ],
    failure,
  };
}
