import pg from 'pg';
import type { ServerAddress } from '#els/database/address.js';

/** A node-postgres client of an address; the breaks of its connection are what tests ask for. */
export async function connected(
  { connectionString }: ServerAddress,
  config: pg.ClientConfig = {},
): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, ...config });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** `answered`, or what a query failed with. */
export const outcomeOf = (query: Promise<unknown>): Promise<string> =>
  query.then(
    () => 'answered',
    (error: Error) => error.message,
  );

/** What node-postgres says when its connection breaks. */
export const BROKEN = /terminated|ECONNRESET/;
