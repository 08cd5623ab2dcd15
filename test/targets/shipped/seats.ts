import { defineTarget, type AssignCall } from 'els-assign';
import pg from 'pg';

/** What a claim answers. */
export type Claimed =
  | { outcome: 'created' | 'reused' | 'assigned'; slotId: number }
  | { outcome: 'no_slot' }
  | { outcome: 'busy' };

/** Makes a call on a connection of its own, outside any transaction. */
export type Claim = (client: pg.PoolClient, call: AssignCall) => Promise<Claimed>;

/** Seats of events, of which a claim gives one; each target has a table of its own. */
export function seats(table: string, claim: Claim) {
  return defineTarget({
    promises: { idempotent: true, truthfulNoSlot: true },
    async setup({ client }) {
      await client.query(
        `create table if not exists ${table} (event text, number integer, holder text, primary key (event, number))`,
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
      return {
        async assign(call) {
          const client = await pool.connect();
          try {
            return await claim(client, call);
          } finally {
            client.release();
          }
        },
        close: () => pool.end(),
      };
    },
    async assignments({ client }, batchIds) {
      const { rows } = await client.query(
        `select event as "batchId", number as "slotId", holder as "contentId"
         from ${table} where event = any($1) and holder is not null`,
        [batchIds],
      );
      return rows;
    },
    async remove({ client }, batchIds) {
      await client.query(`delete from ${table} where event = any($1)`, [batchIds]);
    },
  });
}

/** Runs work in a transaction. */
export async function inTransaction<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const done = await work();
    await client.query('commit');
    return done;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
