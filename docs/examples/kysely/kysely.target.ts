// Seats of events by kysely: npm install kysely pg, then els-assign run --strategy ./kysely.target.ts
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { defineTarget } from 'els-assign';

interface Database {
  kysely_events: { id: string };
  kysely_seats: { event: string; number: number; customer: string | null };
}

const SCHEMA = `
  create table if not exists kysely_events (id text primary key);
  create table if not exists kysely_seats (
    event text not null, number integer not null, customer text,
    primary key (event, number), unique (event, customer)
  )`;

export default defineTarget({
  name: 'kysely-seats',
  promises: { idempotent: true, truthfulNoSlot: true },

  async setup({ client }) {
    await client.query(SCHEMA);
  },

  async register({ client }, batches) {
    for (const { batchId, slots } of batches) {
      await client.query('insert into kysely_events (id) values ($1)', [batchId]);
      await client.query(
        'insert into kysely_seats (event, number) select $1, generate_series(1, $2::integer)',
        [batchId, slots],
      );
    }
  },

  open({ connectionString, connections }) {
    const pool = new pg.Pool({ connectionString, max: connections });
    // Without listeners a connection that breaks ends the process, idle or at work.
    pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
    const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
    return {
      // One transaction: whoever has the event's row decides alone.
      assign: ({ batchId, contentId }) =>
        db.transaction().execute(async (tx) => {
          await tx.selectFrom('kysely_events').select('id').where('id', '=', batchId).forUpdate().execute();
          const seats = tx.selectFrom('kysely_seats').select('number').where('event', '=', batchId);
          const own = await seats.where('customer', '=', contentId).executeTakeFirst();
          if (own) return { outcome: 'reused' as const, slotId: own.number };
          const free = await seats
            .where('customer', 'is', null)
            .orderBy('number')
            .limit(1)
            .executeTakeFirst();
          if (!free) return { outcome: 'no_slot' as const };
          await tx
            .updateTable('kysely_seats')
            .set({ customer: contentId })
            .where('event', '=', batchId)
            .where('number', '=', free.number)
            .execute();
          return { outcome: 'created' as const, slotId: free.number };
        }),
      // It ends the pool.
      close: () => db.destroy(),
    };
  },

  async assignments({ client }, batchIds) {
    const { rows } = await client.query(
      `select event as "batchId", number as "slotId", customer as "contentId"
       from kysely_seats where event = any($1) and customer is not null`,
      [batchIds],
    );
    return rows;
  },

  async remove({ client }, batchIds) {
    await client.query('delete from kysely_seats where event = any($1)', [batchIds]);
    await client.query('delete from kysely_events where id = any($1)', [batchIds]);
  },
});
