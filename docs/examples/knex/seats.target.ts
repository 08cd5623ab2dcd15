// The seats example by knex: els-assign run --strategy ./seats.target.ts
import { defineTarget } from 'els-assign';
import knex, { type Knex } from 'knex';

interface Seat {
  event: string;
  number: number;
  customer: string | null;
}

const SCHEMA = `
  create table if not exists knex_events (id text primary key);
  create table if not exists knex_seats (
    event text not null, number integer not null, customer text,
    primary key (event, number), unique (event, customer)
  );`;

export default defineTarget({
  name: 'knex-seats',
  promises: { idempotent: true, truthfulNoSlot: true },

  async setup({ client }) {
    await client.query(SCHEMA);
  },

  async register({ client }, batches) {
    for (const { batchId, slots } of batches) {
      await client.query('insert into knex_events values ($1)', [batchId]);
      await client.query('insert into knex_seats select $1, generate_series(1, $2::integer)', [
        batchId,
        slots,
      ]);
    }
  },

  open({ connectionString, connections }) {
    const db = knex({ client: 'pg', connection: connectionString, pool: { min: 0, max: connections } });
    return {
      assign: ({ batchId, contentId }) => book(db, batchId, contentId),
      close: () => db.destroy(),
    };
  },

  async assignments({ client }, batchIds) {
    const { rows } = await client.query<{ batchId: string; slotId: number; contentId: string }>(
      `select event as "batchId", number as "slotId", customer as "contentId"
       from knex_seats where event = any($1) and customer is not null`,
      [batchIds],
    );
    return rows;
  },

  async remove({ client }, batchIds) {
    await client.query('delete from knex_seats where event = any($1)', [batchIds]);
    await client.query('delete from knex_events where id = any($1)', [batchIds]);
  },
});

/** Books a seat of an event for a customer, once: the event's row is locked before anything is read. */
function book(db: Knex, event: string, customer: string) {
  return db.transaction(async (tx) => {
    await tx('knex_events').where({ id: event }).forUpdate();
    const own = await tx<Seat>('knex_seats').where({ event, customer }).first();
    if (own) return { outcome: 'reused' as const, slotId: own.number };
    const free = await tx<Seat>('knex_seats').where({ event, customer: null }).orderBy('number').first();
    if (!free) return { outcome: 'no_slot' as const };
    await tx('knex_seats').where({ event, number: free.number }).update({ customer });
    return { outcome: 'created' as const, slotId: free.number };
  });
}
