import type { ClientBase } from 'pg';
import { transaction } from './session.js';
import { loadStatement } from './statement.js';

const SAVEPOINT = loadStatement('database/savepoint');
const RELEASE = loadStatement('database/release-savepoint');
const ROLLBACK_TO = loadStatement('database/rollback-to-savepoint');

const MARK = loadStatement('database/mark-transaction');
const IS_MARKED = loadStatement('database/is-marked');

/** Runs work that is done as a whole or not at all, inside the client's transaction or, without one, in its own. */
export async function atomically<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  return (await isInTransaction(client)) ? asPart(client, work) : transaction(client, work);
}

/** The server is asked: node-postgres tells since 8.21 alone. */
async function isInTransaction(client: ClientBase): Promise<boolean> {
  await client.query(MARK.text);
  const { rows } = await client.query<{ is_marked: boolean }>(IS_MARKED.text);
  return rows[0]?.is_marked === true;
}

async function asPart<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query(SAVEPOINT.text);
  try {
    const result = await work();
    await client.query(RELEASE.text);
    return result;
  } catch (error) {
    // A connection that is lost has undone everything; why it was lost is what counts.
    await client.query(ROLLBACK_TO.text).catch(() => undefined);
    throw error;
  }
}
