// Seats of events by knex: npm install knex pg, then els-assign run --strategy ./knex.target.ts
import knex from 'knex';
import { defineTarget } from 'els-assign';

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
  )`;

export default defineTarget({
  name: 'knex-seats',
  promises: { idempotent: true, truthfulNoSlot: true },

  async setup({ client }) {
    await client.query(SCHEMA);
  },

  async register({ client }, batches) {
    for (const { batchId, slots } of batches) {
      await client.query('insert into knex_events (id) values ($1)', [batchId]);
      await client.query(
        'insert into knex_seats (event, number) select $1, generate_series(1, $2::integer)',
        [batchId, slots],
      );
    }
  },

  open({ connectionString, connections }) {
    const db = knex({ client: 'pg', connection: connectionString, pool: { min: 0, max: connections } });
    return {
      // One transaction: whoever has the event's row decides alone.
      assign: ({ batchId, contentId }) =>
        db.transaction(async (tx) => {
          await tx('knex_events').where({ id: batchId }).forUpdate().first('id');
          const seats = () => tx<Seat>('knex_seats').where({ event: batchId });
          const own = await seats().where({ customer: contentId }).first('number');
          if (own) return { outcome: 'reused' as const, slotId: own.number };
          const free = await seats().whereNull('customer').orderBy('number').first('number');
          if (!free) return { outcome: 'no_slot' as const };
          await seats().where({ number: free.number }).update({ customer: contentId });
          return { outcome: 'created' as const, slotId: free.number };
        }),
      close: () => db.destroy(),
    };
  },

  async assignments({ client }, batchIds) {
    const { rows } = await client.query(
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
