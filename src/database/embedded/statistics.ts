import pg from 'pg';
import { createStatementStatistics } from '../statement-statistics.js';
import { DATABASE, readPassword, ROLE } from './cluster.js';
import { failed, messageOf } from './failures.js';
import type { Layout } from './home.js';

/**
 * Creates pg_stat_statements in the database of a server that accepts connections, unless it is there. Not part of
 * making the data: those of an earlier version get it too. Raises InfrastructureError.
 *
 * @param port on 127.0.0.1
 */
export async function ensureStatistics(layout: Layout, port: number): Promise<void> {
  const password = await readPassword(layout);
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: ROLE,
    password,
    database: DATABASE,
    ssl: false,
  });
  // A server that dies now fails the statement under way; the event says nothing more.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await createStatementStatistics(client);
  } catch (error) {
    throw failed(`could not be given pg_stat_statements: ${messageOf(error)}`, layout.log, error);
  } finally {
    await client.end();
  }
}
