import { checkpoint } from '../database/environment.js';
import type { Call } from '../domain/call.js';
import { needsProxy, type FaultResult } from '../domain/fault.js';
import type { LoadListener } from '../domain/run-watch.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import { FaultInjector } from '../faults/injector.js';
import { Proxy } from '../faults/proxy/proxy.js';
import type { WorkerFleet } from '../runner/fleet.js';
import { redeliver } from '../runner/redeliver.js';
import type { WarmUpBatchIds } from '../runner/messages.js';
import { runLoad, type LoadJob, type Recording, type RunningLoad } from '../runner/run-load.js';
import { mulberry32 } from '../scenario/random.js';
import { withClient, type Database } from './database.js';
import { debtsOfTheDead } from './debts-of-the-dead.js';
import type { RunJob } from './execute-run.js';
import { RolloutDriver } from './rollout/rollout-driver.js';
import { ServerMeter, type ServerCost } from './server-meter.js';
import { deliveriesOwed, type OwedDeliveries } from './settled-calls.js';
import { inventoryOf } from './strategies.js';

/** A load that was put on a database, with what was broken meanwhile. */
export interface FinishedLoad {
  readonly recording: Recording;
  /** What was delivered again after the load, because its callers had no definite answer. */
  readonly redelivered: readonly Call[];
  readonly server: ServerCost;
  readonly faults: readonly FaultResult[];
  /** Where the scenario has one. */
  readonly rollout: RolloutDriver | undefined;
}

/** How a run's own rows and sessions are named. */
export interface RunNames {
  /** By which the backends of the run's workers are known; PostgreSQL keeps 63 bytes. */
  readonly applicationName: string;
  readonly warmUpBatchIds: WarmUpBatchIds;
}

/**
 * Puts a run's load on the database, by way of the tool's own proxy where the scenario wants one, injects its
 * faults, rolls out its strategies, and delivers again what was left without an answer.
 *
 * @throws InfrastructureError when a worker or the proxy died, or the database went away
 */
export async function putLoad(
  database: Database,
  fleet: WorkerFleet,
  job: RunJob,
  plan: WorkloadPlan,
  names: RunNames,
  stop: AbortSignal,
): Promise<FinishedLoad> {
  const { target, schema, prepare } = database;
  const { strategy, advisoryLocks, timeoutMs } = job;
  const proxy = await startProxy(database, plan);
  const common = { plan, strategy, advisoryLocks, target, schema, timeoutMs, prepare };
  const load = { ...common, ...names, via: proxy?.endpoint };
  const injector = new FaultInjector({
    ...{ target, schema, plan, proxy, restartServer: database.restartServer },
    inventory: inventoryOf(strategy),
    applicationName: names.applicationName,
    random: mulberry32(plan.seed),
    held: new Set(),
  });
  const rollout = plan.scenario.rollout && new RolloutDriver({ ...common, ...names }, stop);
  try {
    const { recording, server } = await disturbedLoad(
      database,
      fleet,
      load,
      { injector, rollout },
      job.watch?.(plan),
      stop,
    );
    const { faults: ofLoad, uncompleted } = debtsOfTheDead(recording.calls, injector.injections);
    const faults = [...ofLoad, ...(rollout?.faults ?? [])].sort((a, b) => a.startMs - b.startMs);
    if (stop.aborted) {
      const incomplete = [...recording.incomplete, `stopped by ${String(stop.reason)}`];
      return { recording: { ...recording, incomplete }, redelivered: [], server, faults, rollout };
    }
    const owed = deliveriesOwed(plan, recording.calls, uncompleted);
    const redelivered = await deliverOwed({ ...load, ...rollout?.serving }, owed, stop);
    const left = owed.again.length + owed.next.length - redelivered.length;
    const incomplete = left > 0 ? [`calls without an answer that could not be delivered again: ${left}`] : [];
    return {
      recording: { ...recording, incomplete: [...recording.incomplete, ...incomplete] },
      ...{ redelivered, server, faults, rollout },
    };
  } finally {
    await injector.disarm().finally(() => proxy?.close());
  }
}

async function startProxy({ target }: Database, { scenario }: WorkloadPlan): Promise<Proxy | undefined> {
  const { rttMs, faults } = scenario;
  return rttMs > 0 || faults.some(needsProxy) ? Proxy.start(target, rttMs) : undefined;
}

/** What happens to a load while it runs. */
interface Disturbances {
  readonly injector: FaultInjector;
  readonly rollout: RolloutDriver | undefined;
}

async function disturbedLoad(
  { pool }: Database,
  fleet: WorkerFleet,
  load: LoadJob,
  { injector, rollout }: Disturbances,
  listener: LoadListener | undefined,
  stop: AbortSignal,
): Promise<Pick<FinishedLoad, 'recording' | 'server'>> {
  const meter = new ServerMeter(pool);
  const beforeRelease = async () => {
    await withClient(pool, checkpoint);
    await meter.start();
    await injector.armEarly();
  };
  const during = async (running: RunningLoad) => {
    await Promise.all([injector.strikeAll(running), rollout?.carryOut(running)]);
  };
  const recording = await runLoad(fleet, load, { beforeRelease, during, listener }, stop);
  return { recording, server: await meter.stop() };
}

async function deliverOwed(
  load: LoadJob,
  { again, next }: OwedDeliveries,
  stop: AbortSignal,
): Promise<Call[]> {
  const redelivered = again.length > 0 ? await redeliver(load, again, true, stop) : [];
  const further = next.length > 0 ? await redeliver(load, next, false, stop) : [];
  return [...redelivered, ...further];
}
