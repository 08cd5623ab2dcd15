import type { AssignmentRequest } from '../domain/assignment.js';
import { AssignmentError } from '../domain/errors.js';
import type { AssignmentEngine } from '../engine/engine.js';
import type { WorkerJob } from './messages.js';

/** PostgreSQL settles on a plan at a prepared statement's sixth execution (manual, SQL command PREPARE). */
const CALLS_PER_CONNECTION = 6;
/** A strategy that is slow on purpose must not make the warm-up long. */
const LONGEST_MS = 250;

/** How many slots the warm-up batch of a run needs. */
export function warmUpSlots(workers: number, connections: number): number {
  return workers * connections * CALLS_PER_CONNECTION;
}

/**
 * Opens every connection of a worker and uses it, on a batch of its own that no figure counts.
 *
 * @throws AssignmentError when the database cannot be reached
 */
export async function warmUp(engine: AssignmentEngine, job: WorkerJob): Promise<void> {
  const until = performance.now() + LONGEST_MS;
  const lane = async (_: unknown, laneIndex: number) => {
    for (let call = 0; call < CALLS_PER_CONNECTION && performance.now() < until; call++) {
      await warmUpCall(engine, job, `${job.workerIndex}-${laneIndex}-${call}`);
    }
  };
  await Promise.all(Array.from({ length: job.plan.scenario.connections }, lane));
  await engine.settle();
}

async function oneOfMany(engine: AssignmentEngine, request: AssignmentRequest): Promise<void> {
  const [result] = await engine.assignMany([request]);
  if (result?.status === 'rejected') throw result.reason;
}

async function warmUpCall(engine: AssignmentEngine, job: WorkerJob, id: string): Promise<void> {
  const request = {
    batchId: job.warmUpBatchId,
    textStorageId: `${job.warmUpBatchId}-${id}`,
    originalFileName: 'warm-up.txt',
    fileSizeBytes: 0,
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
    fileUploadId: id,
    correlationId: `${job.warmUpBatchId}-${id}`,
  };
  try {
    await (job.plan.scenario.bulk === 1 ? engine.assign(request) : oneOfMany(engine, request));
  } catch (error) {
    // A strategy that fails is what the run is there to report: it will fail again, recorded.
    if (!(error instanceof AssignmentError) || error.code === 'database_unavailable') throw error;
  }
}
