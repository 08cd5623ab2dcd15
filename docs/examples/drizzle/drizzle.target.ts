// Seats of events by drizzle-orm: npm install drizzle-orm pg, then els-assign run --strategy ./drizzle.target.ts
import { and, asc, eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { defineTarget } from 'els-assign';

const events = pgTable('drizzle_events', { id: text('id').primaryKey() });
const seats = pgTable(
  'drizzle_seats',
  { event: text('event').notNull(), number: integer('number').notNull(), customer: text('customer') },
  (table) => [primaryKey({ columns: [table.event, table.number] }), unique().on(table.event, table.customer)],
);

const SCHEMA = `
  create table if not exists drizzle_events (id text primary key);
  create table if not exists drizzle_seats (
    event text not null, number integer not null, customer text,
    primary key (event, number), unique (event, customer)
  )`;

export default defineTarget({
  name: 'drizzle-seats',
  promises: { idempotent: true, truthfulNoSlot: true },

  async setup({ client }) {
    await client.query(SCHEMA);
  },

  async register({ client }, batches) {
    const db = drizzle(client);
    for (const { batchId, slots } of batches) {
      await db.insert(events).values({ id: batchId });
      await client.query(
        'insert into drizzle_seats (event, number) select $1, generate_series(1, $2::integer)',
        [batchId, slots],
      );
    }
  },

  open({ connectionString, connections }) {
    const pool = new pg.Pool({ connectionString, max: connections });
    // Without listeners a connection that breaks ends the process, idle or at work.
    pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
    const db = drizzle(pool);
    return {
      // One transaction: whoever has the event's row decides alone.
      assign: ({ batchId, contentId }) =>
        db.transaction(async (tx) => {
          await tx.select().from(events).where(eq(events.id, batchId)).for('update');
          const ofEvent = eq(seats.event, batchId);
          const mine = and(ofEvent, eq(seats.customer, contentId));
          const [own] = await tx.select({ number: seats.number }).from(seats).where(mine);
          if (own) return { outcome: 'reused' as const, slotId: own.number };
          const isFree = and(ofEvent, isNull(seats.customer));
          const [free] = await tx
            .select({ number: seats.number })
            .from(seats)
            .where(isFree)
            .orderBy(asc(seats.number))
            .limit(1);
          if (!free) return { outcome: 'no_slot' as const };
          const taken = and(ofEvent, eq(seats.number, free.number));
          await tx.update(seats).set({ customer: contentId }).where(taken);
          return { outcome: 'created' as const, slotId: free.number };
        }),
      close: () => pool.end(),
    };
  },

  async assignments({ client }, batchIds) {
    const taken = and(inArray(seats.event, [...batchIds]), isNotNull(seats.customer));
    const rows = await drizzle(client).select().from(seats).where(taken);
    return rows.map(({ event, number, customer }) => ({
      batchId: event,
      slotId: number,
      contentId: customer ?? '',
    }));
  },

  async remove({ client }, batchIds) {
    const db = drizzle(client);
    await db.delete(seats).where(inArray(seats.event, [...batchIds]));
    await db.delete(events).where(inArray(events.id, [...batchIds]));
  },
});
