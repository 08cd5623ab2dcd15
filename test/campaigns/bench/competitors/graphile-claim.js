import * as graphileWorker from 'graphile-worker';
import { runPgbench } from '../pgbench.js';
import { SECONDS } from '../settings.js';
import { addGraphileJobs, countGraphileJobs, TASK } from './graphile-jobs.js';
import { openGraphilePool } from './graphile-pool.js';

const SCHEMA = 'graphile_worker_claim';
const JOBS_PER_SECOND = 40_000;
const GET_JOB = /^get_job/;

/**
 * Graphile Worker's claim statement, as the library itself sends it: read off the queries of a worker that looks for a
 * job and claims it.
 *
 * @param {import('../server.js').Bench} bench
 * @returns {Promise<{ text: string, values: unknown[] }>}
 */
async function observeClaim({ database: { address } }) {
  const pgPool = openGraphilePool({ connectionString: address.connectionString });
  const seen = [];
  pgPool.on('connect', (client) => {
    const { query } = client;
    client.query = /** @type {any} */ (
      (/** @type {any[]} */ ...args) => {
        if (GET_JOB.test(args[0]?.name)) seen.push(args[0]);
        return Reflect.apply(query, client, args);
      }
    );
  });
  const taskList = { [TASK]: () => undefined };
  const silent = new graphileWorker.Logger(() => () => undefined);
  const options = { pgPool, taskList, schema: SCHEMA, logger: silent, noHandleSignals: true };
  try {
    await graphileWorker.runOnce(options);
  } finally {
    await pgPool.end();
  }
  if (seen.length === 0) throw new Error('Graphile Worker sent no statement of the name get_job…');
  return seen[0];
}

/** A value in PostgreSQL's text format. */
function textOf(value) {
  return Array.isArray(value) ? `{${value.join(',')}}` : String(value);
}

/**
 * Claims jobs of one queue by Graphile Worker's own statement, by pgbench, and checks that each transaction claimed one.
 *
 * @param {import('../server.js').Bench} bench
 * @returns {Promise<number>} claims per second
 */
export async function claimGraphileJobs(bench) {
  await addGraphileJobs(bench, graphileWorker, { schema: SCHEMA, jobs: 1 });
  const { text, values } = await observeClaim(bench);
  await addGraphileJobs(bench, graphileWorker, { schema: SCHEMA, jobs: JOBS_PER_SECOND * SECONDS });
  const script = `${text.replace(/\$(\d+)/g, ':value_$1')};\n`;
  const variables = Object.fromEntries(values.map((value, index) => [`value_${index + 1}`, textOf(value)]));
  const { perSecond, transactions } = await runPgbench(bench, script, variables);
  const { claimed, left } = await countGraphileJobs(bench, SCHEMA);
  if (claimed !== transactions) {
    throw new Error(`${transactions} transactions claimed ${claimed} of ${left} jobs: each must claim one`);
  }
  return perSecond;
}
