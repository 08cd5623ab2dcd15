import { defineTarget, type AssignCall } from 'els-assign';
import type pg from 'pg';
import { onPool } from './pool.js';

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
    open: (settings) => onPool(settings, claim),
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

/** Runs a claim in a transaction, which is rolled back where there is no slot. */
export async function inTransaction<T extends { outcome: string }>(
  client: pg.PoolClient,
  claim: () => Promise<T>,
): Promise<T> {
  await client.query('begin');
  return ended(client, claim);
}

/** The same on one snapshot. */
export async function inRepeatableRead<T extends { outcome: string }>(
  client: pg.PoolClient,
  claim: () => Promise<T>,
): Promise<T> {
  await client.query('begin isolation level repeatable read');
  return ended(client, claim);
}

async function ended<T extends { outcome: string }>(
  client: pg.PoolClient,
  claim: () => Promise<T>,
): Promise<T> {
  try {
    const claimed = await claim();
    await client.query(claimed.outcome === 'no_slot' ? 'rollback' : 'commit');
    return claimed;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Keeps rivals of the event waiting until the transaction ends. */
export async function lockEvent(client: pg.PoolClient, { batchId }: AssignCall): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [batchId]);
}

/** The seat that a customer has. */
export async function findOwn(
  client: pg.PoolClient,
  table: string,
  { batchId, contentId }: AssignCall,
): Promise<number | undefined> {
  const { rows } = await client.query(`select number from ${table} where event = $1 and holder = $2`, [
    batchId,
    contentId,
  ]);
  return rows[0]?.number;
}

/** Reads the first free seat, and stamps it. */
export async function stampFirstFree(
  client: pg.PoolClient,
  table: string,
  { batchId, contentId }: AssignCall,
): Promise<Claimed> {
  const { rows } = await client.query(
    `select number from ${table} where event = $1 and holder is null order by number limit 1`,
    [batchId],
  );
  if (!rows[0]) return { outcome: 'no_slot' };
  await client.query(`update ${table} set holder = $3 where event = $1 and number = $2`, [
    batchId,
    rows[0].number,
    contentId,
  ]);
  return { outcome: 'created', slotId: rows[0].number };
}

/** Both, one after the other: right where no rival is at work on the event. */
export async function claimFirstFree(
  client: pg.PoolClient,
  table: string,
  call: AssignCall,
): Promise<Claimed> {
  const own = await findOwn(client, table, call);
  return own === undefined ? stampFirstFree(client, table, call) : { outcome: 'reused', slotId: own };
}
