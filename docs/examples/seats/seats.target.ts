// A booking service's hot path as a target: els-assign run --strategy ./seats.target.ts
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { defineTarget } from 'els-assign';

/** What the server says when two deliveries for one customer meet. */
const UNIQUE_VIOLATION = '23505';

export default defineTarget({
  name: 'seats',
  promises: { idempotent: true, truthfulNoSlot: true },

  async setup({ client }) {
    await client.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'));
  },

  async register({ client }, batches) {
    for (const { batchId, slots } of batches) {
      await client.query('insert into events (id) values ($1)', [batchId]);
      await client.query(
        'insert into seats (event_id, number) select $1, number from generate_series(1, $2::integer) as number',
        [batchId, slots],
      );
    }
  },

  open({ connectionString, connections }) {
    const pool = new pg.Pool({ connectionString, max: connections });
    // Without listeners a connection that breaks ends the process, idle or at work.
    pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
    return {
      assign: ({ batchId, contentId }) => book(pool, batchId, contentId),
      close: () => pool.end(),
    };
  },

  async assignments({ client }, batchIds) {
    const { rows } = await client.query(
      `select event_id as "batchId", number as "slotId", customer as "contentId"
       from seats where event_id = any($1) and customer is not null`,
      [batchIds],
    );
    return rows;
  },

  async remove({ client }, batchIds) {
    await client.query('delete from seats where event_id = any($1)', [batchIds]);
    await client.query('delete from events where id = any($1)', [batchIds]);
  },
});

/** Books a seat of an event for a customer, once. */
async function book(pool: pg.Pool, event: string, customer: string) {
  try {
    const { rows } = await pool.query<{ number: number }>(
      `update seats set customer = $2
       where event_id = $1 and customer is null and number = (
         select number from seats
         where event_id = $1 and customer is null
           and not exists (select from seats where event_id = $1 and customer = $2)
         order by number limit 1 for update skip locked
       )
       returning number`,
      [event, customer],
    );
    if (rows[0]) return { outcome: 'created' as const, slotId: rows[0].number };
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
  }
  return look(pool, event, customer);
}

/** On one snapshot: does the customer have a seat, and is there a free one that a rival holds at this moment? */
async function look(pool: pg.Pool, event: string, customer: string) {
  const { rows } = await pool.query<{ own: number | null; free: number }>(
    `select max(number) filter (where customer = $2) as own,
       (count(*) filter (where customer is null))::integer as free
     from seats where event_id = $1`,
    [event, customer],
  );
  const { own = null, free = 0 } = rows[0] ?? {};
  if (own !== null) return { outcome: 'reused' as const, slotId: own };
  return free > 0 ? { outcome: 'busy' as const } : { outcome: 'no_slot' as const };
}
