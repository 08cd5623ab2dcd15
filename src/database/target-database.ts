import type { ClientBase } from 'pg';
import { serverError } from './failure.js';
import { bindValues, loadStatement } from './statement.js';

const DUPLICATE_DATABASE = '42P04';
/** Two that are made at once meet at the unique index of their names. */
const UNIQUE_VIOLATION = '23505';

const ANALYZE = loadStatement('database/analyze');

const LOCK = loadStatement('database/lock-target-database');
const UNLOCK = loadStatement('database/unlock-target-database');
const SEARCHES_PUBLIC = loadStatement('database/searches-public');

/**
 * Makes a database for a target, where there is none of that name: its tables are in `public`. Commands that make the same
 * one do so one after the other.
 *
 * @param client of the database that all of them come from, for a session's lock holds in one database
 */
export async function createDatabase(client: ClientBase, name: string): Promise<void> {
  const values = bindValues(LOCK, { database: name });
  await client.query(LOCK.text, values);
  try {
    await createIfMissing(client, name);
    const { rows } = await client.query(SEARCHES_PUBLIC.text, values);
    if (rows.length === 0)
      await client.query(loadStatement('database/search-public', { database: name }).text);
  } finally {
    await client.query(UNLOCK.text, values);
  }
}

async function createIfMissing(client: ClientBase, name: string): Promise<void> {
  try {
    await client.query(loadStatement('database/create-database', { database: name }).text);
  } catch (error) {
    if (![DUPLICATE_DATABASE, UNIQUE_VIOLATION].includes(serverError(error)?.code ?? '')) throw error;
  }
}

/** Gives the planner fresh statistics of a database that `createDatabase` made: nobody else does before a load begins. */
export async function analyzeDatabase(client: ClientBase): Promise<void> {
  await client.query(ANALYZE.text);
}
