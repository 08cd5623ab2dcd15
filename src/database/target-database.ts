import type { ClientBase } from 'pg';
import { serverError } from './failure.js';
import { loadStatement } from './statement.js';

const DUPLICATE_DATABASE = '42P04';
/** Two that are made at once meet at the unique index of their names. */
const UNIQUE_VIOLATION = '23505';

const ANALYZE = loadStatement('database/analyze');

/** Makes a database for a target, where there is none of that name: its tables are in `public`. */
export async function createDatabase(client: ClientBase, name: string): Promise<void> {
  await createIfMissing(client, name);
  await client.query(loadStatement('database/search-public', { database: name }).text);
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
