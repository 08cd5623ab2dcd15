import type { AssignCall } from 'els-assign';
import type pg from 'pg';
import { seats, type Claim } from './seats.js';

/** Seats that are paid for: of each that is held there is a payment and an event that tells of it. */
export function paidSeats(table: string, claim: Claim) {
  const target = seats(table, claim);
  return {
    ...target,
    async setup(context) {
      await target.setup?.(context);
      for (const kind of ['payments', 'events']) {
        await context.client.query(
          `create table if not exists ${table}_${kind} (event text, customer text, primary key (event, customer))`,
        );
      }
    },
    audits: {
      async 'paid-and-told'({ client }, batchIds) {
        const { rows } = await client.query(
          `select event as "batchId", holder as "contentId", number as "slotId" from ${table} seat
           where event = any($1) and holder is not null and not exists (
             select from ${table}_payments join ${table}_events using (event, customer)
             where event = seat.event and customer = seat.holder
           )`,
          [batchIds],
        );
        return rows;
      },
    },
    async remove(context, batchIds) {
      for (const kind of ['payments', 'events']) {
        await context.client.query(`delete from ${table}_${kind} where event = any($1)`, [batchIds]);
      }
      await target.remove?.(context, batchIds);
    },
  } satisfies typeof target;
}

/** Writes the payment, and the event that others learn of it by. */
export async function pay(
  client: pg.PoolClient,
  table: string,
  { batchId, contentId }: AssignCall,
): Promise<void> {
  await client.query(`insert into ${table}_payments values ($1, $2)`, [batchId, contentId]);
  await client.query(`insert into ${table}_events values ($1, $2)`, [batchId, contentId]);
}
