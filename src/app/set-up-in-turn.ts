import { setTimeout as sleep } from 'node:timers/promises';
import { coordinatorPool } from '../database/coordinator-pool.js';
import { inTransaction } from '../database/on-pool.js';
import { loadStatement } from '../database/statement.js';
import type { Database } from './database.js';

const STAY_OPEN = loadStatement('database/stay-open');
const TRY_LOCK = loadStatement('database/try-lock-target-setup');
const POLL_MS = 50;

/**
 * Has targets set up in a database one after the other, whatever commands they belong to: what two sessions create at
 * once, PostgreSQL refuses one of them, also with `if not exists`. Each waits as long as the one before it lives: its own
 * steps have deadlines. The lock is a transaction's, on a connection of its own: behind a pooler a session's lock would stay.
 *
 * @param stop ends the waiting; its reason is thrown
 */
export async function setUpInTurn<T>(
  { address, schema }: Pick<Database, 'address' | 'schema'>,
  setUp: () => Promise<T>,
  stop?: AbortSignal,
): Promise<T> {
  const pool = coordinatorPool(address, schema, 'els-assign set-up');
  try {
    return await inTransaction(pool, async (client) => {
      await client.query(STAY_OPEN.text);
      while (!(await client.query<{ locked: boolean }>(TRY_LOCK.text)).rows[0]?.locked) {
        stop?.throwIfAborted();
        await sleep(POLL_MS);
      }
      return setUp();
    });
  } finally {
    await pool.end();
  }
}
