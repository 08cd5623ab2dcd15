import * as graphileWorker from 'graphile-worker-local-queue';
import { CONNECTIONS, SECONDS, WORKERS } from '../settings.js';
import { drainByCrew } from './crew.js';
import { addGraphileJobs, countGraphileJobs } from './graphile-jobs.js';

const SCHEMA = 'graphile_worker_queue';
const MEMBER = new URL('./graphile-member.js', import.meta.url);
const JOBS = 20_000 * SECONDS;

/**
 * Lets Graphile Worker do jobs of which each does nothing.
 *
 * @param {import('../server.js').Bench} bench
 * @param {number} size of its local queue
 * @returns {Promise<number>} jobs per second
 */
export async function drainGraphileQueue(bench, size) {
  await addGraphileJobs(bench, graphileWorker, { schema: SCHEMA, jobs: JOBS });
  const { connectionString } = bench.database.address;
  const job = { connectionString, schema: SCHEMA, connections: CONNECTIONS / WORKERS, size };
  const perSecond = await drainByCrew(MEMBER, job, JOBS);
  const { left } = await countGraphileJobs(bench, SCHEMA);
  if (left > 0) throw new Error(`Graphile Worker left ${left} of ${JOBS} jobs`);
  return perSecond;
}
