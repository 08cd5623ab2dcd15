// Graphile Worker as it is, by the statements of its own worker: a batch is a task, a slot is a job, a call fetches one and
// completes it. A completed job is gone: who did it stands in a table of ours, in the place of a job's effects.
import { defineTarget } from 'els-assign';
import { Logger, runMigrations } from 'graphile-worker';
import { makeEnhancedWithPgClient, processSharedOptions } from 'graphile-worker/dist/lib.js';
import { completeJob } from 'graphile-worker/dist/sql/completeJob.js';
import { getJob } from 'graphile-worker/dist/sql/getJob.js';
import pg from 'pg';

const logger = new Logger(() => () => undefined);

/** A pool with the listeners that Graphile Worker asks for. */
function openPool(config) {
  const pool = new pg.Pool(config);
  pool.on('error', console.error);
  pool.on('connect', (client) => client.on('error', console.error));
  return pool;
}

export default defineTarget({
  name: 'graphile-worker',
  promises: { idempotent: false, truthfulNoSlot: false },

  async setup({ client }) {
    const { user, host, port, database, password } = client;
    const pgPool = openPool({ user, host, port, database, password });
    await runMigrations({ pgPool, logger });
    await pgPool.end();
    await client.query(
      'create table if not exists jobs_done (job bigint primary key, task text, done_by text)',
    );
  },

  async register({ client }, batches) {
    const registered = [];
    for (const { batchId, slots } of batches) {
      const { rows } = await client.query(
        `select id from graphile_worker.add_jobs(array(
           select json_populate_record(null::graphile_worker.job_spec, json_build_object('identifier', $1::text))
           from generate_series(1, $2::integer)
         ))`,
        [batchId, slots],
      );
      registered.push({ batchId, slotIds: rows.map(({ id }) => id) });
    }
    return registered;
  },

  open({ connectionString, connections, instance }) {
    const pool = openPool({ connectionString, max: connections });
    const withPgClient = makeEnhancedWithPgClient(async (work) => {
      const client = await pool.connect();
      try {
        return await work(client);
      } finally {
        client.release();
      }
    });
    // Which task a worker knows is kept with its options: one for each task.
    const optionsOf = new Map();
    return {
      async assign({ batchId, contentId, callId }) {
        let options = optionsOf.get(batchId);
        if (!options) optionsOf.set(batchId, (options = processSharedOptions({ pgPool: pool, logger })));
        const worker = `worker-${instance}-${callId}`;
        const job = await getJob(options, withPgClient, { [batchId]: () => undefined }, worker, null);
        if (job === undefined) return { outcome: 'no_slot' };
        await pool.query('insert into jobs_done values ($1, $2, $3)', [job.id, batchId, contentId]);
        await completeJob(options, withPgClient, worker, job);
        return { outcome: 'assigned', slotId: job.id };
      },
      close: () => pool.end(),
    };
  },

  async assignments({ client }, batchIds) {
    const { rows } = await client.query(
      'select task as "batchId", job as "slotId", done_by as "contentId" from jobs_done where task = any($1)',
      [batchIds],
    );
    return rows;
  },

  audits: {
    // At least once is what the library promises: a job whose worker died is there still, and locked.
    async 'done-and-gone'({ client }, batchIds) {
      const { rows } = await client.query(
        `select task as "batchId", done_by as "contentId", job from jobs_done
         where task = any($1) and job in (select id from graphile_worker.jobs)`,
        [batchIds],
      );
      return rows;
    },
  },

  async remove({ client }, batchIds) {
    await client.query(
      'delete from graphile_worker._private_jobs where task_id in (select id from graphile_worker._private_tasks where identifier = any($1))',
      [batchIds],
    );
    await client.query('delete from graphile_worker._private_tasks where identifier = any($1)', [batchIds]);
    await client.query('delete from jobs_done where task = any($1)', [batchIds]);
  },
});
