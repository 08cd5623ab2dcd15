import { checkpoint } from '../database/environment.js';
import { failureReason } from '../database/pool.js';
import type { Call } from '../domain/call.js';
import type { InfrastructureError } from '../domain/errors.js';
import type { LoadListener } from '../domain/run-watch.js';
import type { Delivery, WorkloadPlan } from '../domain/scenario.js';
import { FaultInjector } from '../faults/injector.js';
import type { WireOfLoad } from '../faults/context.js';
import type { WorkerFleet } from '../runner/fleet.js';
import type { WarmUpBatch } from '../runner/messages.js';
import { redeliver, type Redelivery } from '../runner/redeliver.js';
import { runLoad, type LoadJob, type RunningLoad } from '../runner/run-load.js';
import { mulberry32 } from '../base/random.js';
import type { Target } from '../target/target.js';
import { Wire } from '../wire/wire.js';
import { attempt } from './attempt.js';
import type { Database } from './database.js';
import { withClient } from '../database/on-pool.js';
import type { FinishedLoad } from './finished-load.js';
import { leftByKilledWorkers } from './killed-workers.js';
import { RolloutDriver } from './rollout/rollout-driver.js';
import type { RunJob } from './run-job.js';
import { ServerMeter } from './server-meter.js';
import { quiesceRun, whyNotQuiet } from './quiesce.js';
import { closingDeliveries, outstandingDeliveries, type OutstandingDeliveries } from './settled-calls.js';

const REDELIVERIES_AT_A_TIME = 4;

/** How a run's own rows and sessions are named. */
export interface RunNames {
  /** By which the backends of the run's workers are known; PostgreSQL keeps 63 bytes. */
  readonly applicationName: string;
  readonly warmUpBatches: readonly WarmUpBatch[];
  /** What registration returned to be handed to each call on a batch. */
  readonly refs: ReadonlyMap<string, unknown>;
}

/**
 * Puts a run's load on the database, by way of the wire where the scenario wants that, injects its faults, rolls out its
 * strategies, and delivers again what was left without an answer.
 *
 * @param listener hears the load while it runs
 * @throws InfrastructureError when a worker or the wire died, or the database went away, before the barrier's release
 */
export async function putLoad(
  database: Database,
  fleet: WorkerFleet,
  job: RunJob,
  plan: WorkloadPlan,
  names: RunNames,
  listener: LoadListener | undefined,
  stop: AbortSignal,
): Promise<FinishedLoad> {
  const { address, schema, prepare } = database;
  const { timeoutMs, target } = job;
  const onWire = await startWire(database, plan);
  const common = { plan, address, schema, timeoutMs };
  const { spec, forms, terms } = target;
  const direct = { ...common, spec, forms, places: terms.places, prepare, ...names };
  const onItsWay = { ...direct, ways: onWire?.ports.map(({ address: way }) => way) };
  const injector = new FaultInjector({
    ...{ address, schema, plan, onWire, restartServer: database.restartServer },
    weakSpots: target.weakSpots,
    random: mulberry32(plan.seed),
    held: new Set(),
  });
  const rollout = plan.scenario.rollout && new RolloutDriver({ ...common, ...names, target }, stop);
  const close = () => injector.disarm().finally(() => onWire?.wire.close());
  let load: FinishedLoad;
  try {
    const ran = await disturbedLoad(database, fleet, onItsWay, { injector, rollout, onWire }, listener, stop);
    await endForeign(fleet, target);
    const disturbances = { injector, rollout };
    load = await settle({ database, fleet, job: direct, target }, ran, disturbances, stop);
  } catch (error) {
    // Why the load failed is what counts, whatever becomes of the faults.
    await close().catch(() => undefined);
    throw error;
  }
  const { failure } = await attempt(address, close);
  return { ...load, failure: load.failure ?? failure };
}

/**
 * Ends the processes in which foreign code may go on after its load: it keeps connections, and calls that were given up
 * are its own. Those of the built-in target, which closes all that it opened, are kept for later loads.
 */
async function endForeign(fleet: WorkerFleet, { hasOwnSchema }: Target): Promise<void> {
  if (hasOwnSchema) await fleet.close();
}

async function startWire({ address }: Database, { scenario }: WorkloadPlan): Promise<WireOfLoad | undefined> {
  if (!scenario.wire) return undefined;
  const wire = await Wire.start(address, { rttMs: scenario.rttMs });
  try {
    const workers = Array.from({ length: scenario.workers });
    return { wire, ports: await Promise.all(workers.map(() => wire.openPort())) };
  } catch (error) {
    await wire.close();
    throw error;
  }
}

/** What happens to a load while it runs. */
interface Disturbances {
  readonly injector: FaultInjector;
  readonly rollout: RolloutDriver | undefined;
}

/** A load whose workers have ended. */
type RanLoad = Pick<FinishedLoad, 'recording' | 'server' | 'roundTrips' | 'failure' | 'notes'>;

async function disturbedLoad(
  { pool, address }: Database,
  fleet: WorkerFleet,
  load: LoadJob,
  { injector, rollout, onWire }: Disturbances & { readonly onWire: WireOfLoad | undefined },
  listener: LoadListener | undefined,
  stop: AbortSignal,
): Promise<RanLoad> {
  const meter = new ServerMeter(pool);
  let roundTripsBefore = 0;
  const notes: string[] = [];
  const beforeRelease = async () => {
    const failed = await withClient(pool, checkpoint);
    if (failed) notes.push(`the CHECKPOINT before the load was not made: ${failureReason(address, failed)}`);
    await meter.start();
    roundTripsBefore = (await onWire?.wire.roundTrips()) ?? 0;
    await injector.armEarly();
  };
  const during = async (running: RunningLoad) => {
    await Promise.all([injector.strikeAll(running), rollout?.carryOut(running)]);
  };
  const recording = await runLoad(
    fleet,
    load,
    { beforeRelease, during, listener, broken: onWire?.wire.died },
    stop,
  );
  const counted = await attempt(address, async () => onWire?.wire.roundTrips());
  const roundTrips = counted.value === undefined ? undefined : counted.value - roundTripsBefore;
  const { value: server, failure } = await attempt(address, () => meter.stop());
  return { recording, server, roundTrips, failure: recording.failure ?? counted.failure ?? failure, notes };
}

/** What is needed to deliver after a load. */
interface Settling {
  readonly database: Database;
  readonly fleet: WorkerFleet;
  readonly job: Omit<LoadJob, 'ways'>;
  readonly target: Target;
  /** Told how an answer was that does not fit the target's terms. */
  readonly onMalformed: (message: string) => void;
}

/** Tells what faults left, and makes the deliveries that are outstanding, unless the load was cut off. */
async function settle(
  { database, fleet, job, target }: Omit<Settling, 'onMalformed'>,
  ran: RanLoad,
  { injector, rollout }: Disturbances,
  stop: AbortSignal,
): Promise<FinishedLoad> {
  const { recording } = ran;
  const { promises } = target.terms;
  const { faults: ofLoad, uncompleted } = leftByKilledWorkers(recording.calls, injector.injections);
  const faults = [...ofLoad, ...(rollout?.faults ?? [])].sort((a, b) => a.startMs - b.startMs);
  const outstanding = outstandingDeliveries(job.plan, recording.calls, uncompleted, promises);
  const isCutOff = stop.aborted || ran.failure !== undefined;
  let { malformed } = recording;
  const onMalformed = (message: string) => void (malformed ??= message);
  const settling = { database, fleet, job: { ...job, ...rollout?.serving }, target, onMalformed };
  const { redelivered, failure = ran.failure } = isCutOff
    ? { redelivered: [] }
    : await deliverOutstanding(settling, outstanding, stop);
  const closing =
    isCutOff || failure !== undefined || promises.truthfulNoSlot
      ? { calls: [], notes: [] }
      : await makeClosingCalls(settling, [...recording.calls, ...redelivered], stop);
  const incomplete = [...recording.incomplete, ...whyIncomplete(outstanding, redelivered.length, stop)];
  const settled = {
    ...{ redelivered: [...redelivered, ...closing.calls], closing: new Set(closing.calls) },
    ...{ faults, rollout, malformed, failure: failure ?? closing.failure, stopped: stop.aborted },
    notes: [...ran.notes, ...closing.notes],
  };
  return { ...ran, ...settled, recording: { ...recording, incomplete } };
}

function whyIncomplete(
  { again, next }: OutstandingDeliveries,
  redelivered: number,
  stop: AbortSignal,
): string[] {
  if (stop.aborted) return [`stopped by ${String(stop.reason)}`];
  const left = again.length + next.length - redelivered;
  return left > 0 ? [`calls without an answer that could not be delivered again: ${left}`] : [];
}

interface ClosingCalls {
  readonly calls: readonly Call[];
  readonly notes: readonly string[];
  readonly failure?: InfrastructureError | undefined;
}

/** Once nobody is at work any more, one at a time: beside a rival a refusal would prove nothing. */
async function makeClosingCalls(
  settling: Settling,
  calls: readonly Call[],
  stop: AbortSignal,
): Promise<ClosingCalls> {
  const { database, job, target } = settling;
  const deliveries = closingDeliveries(job.plan, calls, target.terms.promises);
  if (deliveries.length === 0) return { calls: [], notes: [] };
  const made: Call[] = [];
  const notes: string[] = [];
  const { failure } = await attempt(database.address, async () => {
    await quiesceRun(database, job.plan.runId);
    const notQuiet = target.hasOwnSchema ? await whyNotQuiet(database) : undefined;
    if (notQuiet !== undefined) return void notes.push(`no closing call was made: ${notQuiet}`);
    const heard = (more: readonly Call[]) => void made.push(...more);
    await deliverAfter(settling, deliveries, { mayHaveHappened: false, atATime: 1, heard }, stop);
  });
  return { calls: made, notes, failure };
}

async function deliverOutstanding(
  settling: Settling,
  { again, next }: OutstandingDeliveries,
  stop: AbortSignal,
): Promise<Pick<FinishedLoad, 'redelivered'> & { failure?: InfrastructureError | undefined }> {
  const redelivered: Call[] = [];
  const how = {
    atATime: REDELIVERIES_AT_A_TIME,
    heard: (calls: readonly Call[]) => void redelivered.push(...calls),
  };
  const { database, job } = settling;
  const { failure } = await attempt(job.address, async () => {
    if (again.length + next.length > 0) await quiesceRun(database, job.plan.runId);
    await deliverAfter(settling, again, { ...how, mayHaveHappened: true }, stop);
    await deliverAfter(settling, next, { ...how, mayHaveHappened: false }, stop);
  });
  return { redelivered, failure };
}

/** By an instance that is opened for it. */
async function deliverAfter(
  { fleet, job, target, onMalformed }: Settling,
  deliveries: readonly Delivery[],
  how: Omit<Redelivery, 'onMalformed'>,
  stop: AbortSignal,
): Promise<void> {
  if (deliveries.length === 0) return;
  try {
    await redeliver(fleet, job, deliveries, { ...how, onMalformed }, stop);
  } finally {
    await endForeign(fleet, target);
  }
}
