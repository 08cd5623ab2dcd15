import { SECONDS } from '../settings.js';
import { openBoss } from './boss.js';
import { drainByCrew } from './crew.js';
import { dropSchema, settle } from './schema.js';

const SCHEMA = 'boss_queue';
const QUEUE = 'nothing';
const MEMBER = new URL('./boss-member.js', import.meta.url);
const JOBS = 20_000 * SECONDS;
const JOBS_PER_INSERT = 5_000;

async function addJobs(boss) {
  await boss.createQueue(QUEUE);
  const jobs = Array.from({ length: JOBS_PER_INSERT }, () => ({ name: QUEUE }));
  for (let added = 0; added < JOBS; added += jobs.length) await boss.insert(jobs);
}

/**
 * Lets pg-boss fetch and complete jobs in batches.
 *
 * @param {import('../server.js').Bench} bench
 * @param {number} batchSize
 * @returns {Promise<number>} jobs per second
 */
export async function drainBossQueue(bench, batchSize) {
  const { connectionString } = bench.database.address;
  await dropSchema(bench, SCHEMA);
  const boss = await openBoss({ connectionString, schema: SCHEMA });
  try {
    await addJobs(boss);
    await settle(bench);
    const job = { connectionString, schema: SCHEMA, queue: QUEUE, batchSize };
    const perSecond = await drainByCrew(MEMBER, job, JOBS);
    const left = await boss.getQueueSize(QUEUE, { before: 'completed' });
    if (left > 0) throw new Error(`pg-boss left ${left} of ${JOBS} jobs`);
    return perSecond;
  } finally {
    await boss.stop({ graceful: false });
  }
}
