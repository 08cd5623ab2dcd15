import { defineTarget, type AssignCall } from 'els-assign';
import pg from 'pg';

/** Fetches a job of a queue: its number, or undefined where none is to be had at the moment. */
export type Fetch = (pool: pg.Pool, call: AssignCall) => Promise<number | undefined>;

/** Jobs of queues, of which each fetch takes another one; each target has a table of its own. */
export function jobs(table: string, fetch: Fetch) {
  return defineTarget({
    promises: { idempotent: false, truthfulNoSlot: false },
    async setup({ client }) {
      await client.query(
        `create table if not exists ${table} (queue text, number integer, fetched_by text, primary key (queue, number))`,
      );
    },
    async register({ client }, batches) {
      for (const { batchId, slots } of batches) {
        await client.query(`insert into ${table} select $1, generate_series(1, $2::integer)`, [
          batchId,
          slots,
        ]);
      }
    },
    open({ connectionString, connections }) {
      const pool = new pg.Pool({ connectionString, max: connections });
      // Without listeners a connection that breaks ends the process, idle or at work.
      pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
      return {
        async assign(call) {
          const job = await fetch(pool, call);
          return job === undefined ? { outcome: 'no_slot' } : { outcome: 'assigned', slotId: job };
        },
        close: () => pool.end(),
      };
    },
    async assignments({ client }, batchIds) {
      const { rows } = await client.query(
        `select queue as "batchId", number as "slotId", fetched_by as "contentId"
         from ${table} where queue = any($1) and fetched_by is not null`,
        [batchIds],
      );
      return rows;
    },
    async remove({ client }, batchIds) {
      await client.query(`delete from ${table} where queue = any($1)`, [batchIds]);
    },
  });
}
