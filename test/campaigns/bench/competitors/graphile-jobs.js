import { withClient } from '#els/database/on-pool.js';
import { bindValues } from '#els/database/statement.js';
import { benchStatement } from '../bench-sql.js';
import { dropSchema, settle } from './schema.js';

/** The task that all jobs are of. */
export const TASK = 'nothing';

/**
 * Gives Graphile Worker a schema of its own with jobs that are all due.
 *
 * @param {import('../server.js').Bench} bench
 * @param {{ runMigrations: (options: object) => Promise<void> }} library one version of Graphile Worker
 * @param {{ schema: string, jobs: number }} queue
 */
export async function addGraphileJobs(bench, { runMigrations }, { schema, jobs }) {
  const { pool, address } = bench.database;
  await dropSchema(bench, schema);
  await runMigrations({ connectionString: address.connectionString, schema });
  const add = benchStatement('add-graphile-jobs', { schema });
  await withClient(pool, (client) => client.query(add.text, bindValues(add, { task: TASK, jobs })));
  await settle(bench);
}

/** How many jobs are claimed, and how many there are. */
export async function countGraphileJobs({ database: { pool } }, schema) {
  const { text } = benchStatement('graphile-jobs', { schema });
  const { rows } = await withClient(pool, (client) => client.query(text));
  return rows[0];
}
