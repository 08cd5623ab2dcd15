import type { ClientBase } from 'pg';
import type { DatabasePool } from './pool.js';
import { reasonOfLoss, transaction } from './session.js';

/** Runs work on one of a pool's connections. What names the schema's tables needs a transaction. */
export async function withClient<T>(
  pool: DatabasePool,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } catch (error) {
    throw reasonOfLoss(client, error);
  } finally {
    client.release();
  }
}

/** Runs work in one transaction, where unqualified names are those of the schema: all of it or nothing. */
export function inTransaction<T>(pool: DatabasePool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  return withClient(pool, (client) => transaction(client, () => work(client)));
}
