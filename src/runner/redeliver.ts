import { nowMicros } from '../base/clock.js';
import type { Call } from '../domain/call.js';
import type { Delivery } from '../domain/scenario.js';
import { toCalls } from './call-chunks.js';
import { killAtDeadline, type WorkerFleet } from './fleet.js';
import { Ledger, NOBODY } from './ledger.js';
import type { WorkerJob } from './messages.js';
import type { LoadJob } from './run-load.js';

/** The worker that a history names for calls made after the load. */
export const REDELIVERER = -1;

/** What has no answer by then stays without one. */
const DEADLINE_MS = 30_000;
/** A worker that was told to stop and has not said what it has after this long is killed. */
const STOP_DEADLINE_MS = 4_000;

/** How deliveries are made after a load. */
export interface Redelivery {
  /** Whether they were made before and ended without a definite answer. */
  readonly mayHaveHappened: boolean;
  /** How many calls are under way at once. */
  readonly atATime: number;
  /** Told of every call that was made, also where not all could be. */
  readonly heard: (calls: readonly Call[]) => void;
  /** Told how the first answer was that does not fit its target's terms. */
  readonly onMalformed: (message: string) => void;
}

/**
 * Delivers after a load, by an instance that is opened for it. No figure counts these calls.
 *
 * @param job whose instance reaches the server at its own address
 * @param stop ends it early
 * @throws InfrastructureError when the worker failed, died or was ended
 */
export async function redeliver(
  fleet: WorkerFleet,
  job: Omit<LoadJob, 'ways'>,
  deliveries: readonly Delivery[],
  { mayHaveHappened, atATime, heard, onMalformed }: Redelivery,
  stop: AbortSignal,
): Promise<void> {
  const [worker] = fleet.take(1);
  if (worker === undefined) throw new Error('the fleet has no worker');
  const after = { indices: deliveries.map(({ index }) => index), mayHaveHappened };
  const workerJob = toWorkerJob(job, after, atATime);
  const ended = new AbortController();
  const ending = AbortSignal.any([stop, AbortSignal.timeout(DEADLINE_MS)]);
  const onEnd = () => {
    worker.stop();
    const gone = new Promise((resolve) => ended.signal.addEventListener('abort', resolve));
    void killAtDeadline([worker], gone, STOP_DEADLINE_MS);
  };
  ending.addEventListener('abort', onEnd, { once: true });
  try {
    await worker.prepare(workerJob);
    const ledger = new Ledger(makersOf(after.indices), workerJob, nowMicros());
    await worker.deliver(ledger, (message) => {
      if (message.type === 'malformed') onMalformed(message.message);
      if (message.type === 'calls') heard(toCalls(job.plan, REDELIVERER, message.chunk));
    });
  } finally {
    ending.removeEventListener('abort', onEnd);
    ended.abort();
  }
}

function toWorkerJob(
  { address, plan, ...job }: Omit<LoadJob, 'ways'>,
  after: NonNullable<WorkerJob['after']>,
  connections: number,
): WorkerJob {
  const scenario = { ...plan.scenario, workers: 1, connections, durationMs: undefined, bulk: 1 };
  return {
    ...job,
    ...{ workerIndex: 0, plan: { ...plan, scenario: { ...scenario, arrival: 'closed' as const } } },
    ...{ source: address.source, connectionString: address.connectionString, after },
    ...{ applicationName: `${job.applicationName}/redelivery`, journal: 'batched', warmUpBatches: [] },
  };
}

/** All of them are the worker's. */
function makersOf(indices: readonly number[]): Uint8Array {
  const makers = new Uint8Array(Math.max(...indices) + 1).fill(NOBODY);
  for (const index of indices) makers[index] = 0;
  return makers;
}
