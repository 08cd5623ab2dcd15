// The seats example by drizzle-orm: els-assign run --strategy ./seats.target.ts
import { and, asc, eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { defineTarget } from 'els-assign';
import pg from 'pg';

const events = pgTable('drizzle_events', { id: text().primaryKey() });

const seats = pgTable(
  'drizzle_seats',
  { event: text().notNull(), number: integer().notNull(), customer: text() },
  (seat) => [primaryKey({ columns: [seat.event, seat.number] }), unique().on(seat.event, seat.customer)],
);

const SCHEMA = `
  create table if not exists drizzle_events (id text primary key);
  create table if not exists drizzle_seats (
    event text not null, number integer not null, customer text,
    primary key (event, number), unique (event, customer)
  );`;

export default defineTarget({
  name: 'drizzle-seats',
  promises: { idempotent: true, truthfulNoSlot: true },

  async setup({ client }) {
    await client.query(SCHEMA);
  },

  async register({ client }, batches) {
    const db = drizzle({ client });
    for (const { batchId, slots } of batches) {
      await db.insert(events).values({ id: batchId });
      await client.query('insert into drizzle_seats select $1, generate_series(1, $2::integer)', [
        batchId,
        slots,
      ]);
    }
  },

  open({ connectionString, connections }) {
    const pool = new pg.Pool({ connectionString, max: connections });
    const db = drizzle({ client: pool });
    return {
      assign: ({ batchId, contentId }) => book(db, batchId, contentId),
      close: () => pool.end(),
    };
  },

  async assignments({ client }, batchIds) {
    const taken = await drizzle({ client })
      .select({ batchId: seats.event, slotId: seats.number, contentId: seats.customer })
      .from(seats)
      .where(and(inArray(seats.event, [...batchIds]), isNotNull(seats.customer)));
    return taken.map(({ contentId, ...seat }) => ({ ...seat, contentId: contentId ?? '' }));
  },

  async remove({ client }, batchIds) {
    const db = drizzle({ client });
    await db.delete(seats).where(inArray(seats.event, [...batchIds]));
    await db.delete(events).where(inArray(events.id, [...batchIds]));
  },
});

/** Books a seat of an event for a customer, once: the event's row is locked before anything is read. */
function book(db: ReturnType<typeof drizzle>, event: string, customer: string) {
  return db.transaction(async (tx) => {
    await tx.select().from(events).where(eq(events.id, event)).for('update');
    const [own] = await tx
      .select()
      .from(seats)
      .where(and(eq(seats.event, event), eq(seats.customer, customer)));
    if (own) return { outcome: 'reused' as const, slotId: own.number };
    const [free] = await tx
      .select()
      .from(seats)
      .where(and(eq(seats.event, event), isNull(seats.customer)))
      .orderBy(asc(seats.number))
      .limit(1);
    if (!free) return { outcome: 'no_slot' as const };
    await tx
      .update(seats)
      .set({ customer })
      .where(and(eq(seats.event, event), eq(seats.number, free.number)));
    return { outcome: 'created' as const, slotId: free.number };
  });
}
