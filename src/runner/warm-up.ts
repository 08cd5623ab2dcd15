import { withConnectionString } from '../database/address.js';
import { unavailable } from '../database/pool.js';
import type { IdForm } from '../domain/promises.js';
import { DATABASE_UNAVAILABLE, type Instance } from '../target/instance.js';
import { idOf } from '../workload/ids.js';
import type { WorkerJob } from './messages.js';
import { assignBy } from './requests.js';

/** PostgreSQL settles on a plan at a prepared statement's sixth execution (manual, SQL command PREPARE). */
const CALLS_PER_CONNECTION = 6;
/** A target that is slow on purpose must not make the warm-up long. */
const LONGEST_MS = 250;

/** How many slots an instance of each worker needs in a warm-up batch. */
export function warmUpSlots(workers: number, connections: number): number {
  return workers * connections * CALLS_PER_CONNECTION;
}

/** Who asks in a warm-up batch. */
export function warmUpContentId(batchId: string, content: number, form: IdForm): string {
  return idOf(`${batchId}-c${content}`, form);
}

/** The first content of a lane: no two lanes have one in common, nor two instances. */
function firstContent({ workerIndex, plan }: WorkerJob, generation: number, lane: number): number {
  const { workers, connections } = plan.scenario;
  return ((generation * workers + workerIndex) * connections + lane) * CALLS_PER_CONNECTION;
}

/** What an instance of a worker warms up for. */
export interface WarmUp {
  /** Of the batches that it serves. */
  readonly forms: readonly string[];
  /** The number of the instance in its worker: no content is claimed twice. */
  readonly generation: number;
}

/**
 * Opens every connection of an instance and makes it ready. For a closed loop, which has batches of its own for that, one
 * of each form, each connection makes some calls besides. No figure counts them.
 *
 * Bursts and open loops execute nothing before their load: what a target does besides giving slots it does once for each
 * call that was asked for, and never for a call that nobody asked for.
 *
 * @returns how many calls it made
 * @throws what the driver raises, or InfrastructureError, when the database cannot be reached
 */
export async function warmUp(
  instance: Instance,
  job: WorkerJob,
  { forms, generation }: WarmUp,
): Promise<number> {
  await instance.connect(job.plan.scenario.connections);
  const served = job.warmUpBatches.filter(({ form }) => forms.includes(form));
  const batchIds = served.map(({ batchId }) => batchId);
  const until = performance.now() + LONGEST_MS;
  let calls = 0;
  const lane = async (_: unknown, laneIndex: number) => {
    const first = firstContent(job, generation, laneIndex);
    for (let call = 0; call < CALLS_PER_CONNECTION && performance.now() < until; call++) {
      for (const batchId of batchIds) {
        calls += 1;
        await warmUpCall(instance, job, batchId, first + call);
      }
    }
  };
  await Promise.all(Array.from({ length: job.plan.scenario.connections }, lane));
  await instance.settle();
  return calls;
}

/** A target that fails is what the run is there to report: it will fail again, recorded. */
async function warmUpCall(
  instance: Instance,
  job: WorkerJob,
  batchId: string,
  content: number,
): Promise<void> {
  const contentId = warmUpContentId(batchId, content, job.plan.contentIds);
  const callId = `${batchId}-call${content}`;
  const request = { batchId, contentId, callId, redelivered: false };
  const [answer] = await assignBy(instance, [request], job.plan.scenario);
  if (answer?.errorCode !== DATABASE_UNAVAILABLE) return;
  const address = withConnectionString(job.source, job.connectionString);
  throw unavailable(address, answer.message ?? answer.errorCode);
}
