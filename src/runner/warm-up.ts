import { databaseFailure } from '../database/failure.js';
import type { AssignmentRequest } from '../targets/els/engine/assignment.js';
import { AssignmentError } from '../domain/errors.js';
import type { AssignmentEngine } from '../targets/els/engine/engine.js';
import type { WorkerJob } from './messages.js';

/** PostgreSQL settles on a plan at a prepared statement's sixth execution (manual, SQL command PREPARE). */
const CALLS_PER_CONNECTION = 6;
/** A strategy that is slow on purpose must not make the warm-up long. */
const LONGEST_MS = 250;

/** How many slots an engine of each worker needs in a warm-up batch. */
export function warmUpSlots(workers: number, connections: number): number {
  return workers * connections * CALLS_PER_CONNECTION;
}

/** What an engine of a worker warms up for. */
export interface WarmUp {
  /** Of the batches that it serves. */
  readonly forms: readonly string[];
  /** The number of the engine in its worker: no content is claimed twice. */
  readonly generation: number;
}

/**
 * Opens every connection of an engine and prepares its statements on each. For a closed loop, which has batches of its own
 * for that, one of each form, each connection makes some calls besides. No figure counts them.
 *
 * Bursts and open loops execute nothing before their load: what a strategy does besides the tool's tables it does once for
 * each call that was asked for, and never for a call that nobody asked for.
 *
 * @returns how many calls it made
 * @throws pg.DatabaseError, or AssignmentError, when the database cannot be reached
 */
export async function warmUp(
  engine: AssignmentEngine,
  job: WorkerJob,
  { forms, generation }: WarmUp,
): Promise<number> {
  await connect(engine, job.plan.scenario.connections);
  const served = job.warmUpBatches.filter(({ form }) => forms.includes(form));
  const batchIds = served.map(({ batchId }) => batchId);
  const until = performance.now() + LONGEST_MS;
  let calls = 0;
  const lane = async (_: unknown, laneIndex: number) => {
    for (let call = 0; call < CALLS_PER_CONNECTION && performance.now() < until; call++) {
      const id = `${generation}-${job.workerIndex}-${laneIndex}-${call}`;
      for (const batchId of batchIds) {
        calls += 1;
        await warmUpCall(engine, job, batchId, id);
      }
    }
  };
  await Promise.all(Array.from({ length: job.plan.scenario.connections }, lane));
  await engine.settle();
  return calls;
}

/** A statement that the server refuses is what the run is there to report: it will refuse it again, recorded. */
async function connect(engine: AssignmentEngine, connections: number): Promise<void> {
  try {
    await engine.connect(connections);
  } catch (error) {
    if (databaseFailure(error)?.kind !== 'statement') throw error;
  }
}

async function oneOfMany(engine: AssignmentEngine, request: AssignmentRequest): Promise<void> {
  const [result] = await engine.assignMany([request]);
  if (result?.status === 'rejected') throw result.reason;
}

async function warmUpCall(
  engine: AssignmentEngine,
  job: WorkerJob,
  batchId: string,
  id: string,
): Promise<void> {
  const request = {
    batchId,
    textStorageId: `${batchId}-${id}`,
    originalFileName: 'warm-up.txt',
    fileSizeBytes: 0,
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
    fileUploadId: id,
    correlationId: `${batchId}-${id}`,
  };
  try {
    await (job.plan.scenario.bulk === 1 ? engine.assign(request) : oneOfMany(engine, request));
  } catch (error) {
    // A strategy that fails is what the run is there to report: it will fail again, recorded.
    if (!(error instanceof AssignmentError) || error.code === 'database_unavailable') throw error;
  }
}
