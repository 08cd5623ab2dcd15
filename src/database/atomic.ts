import type { ClientBase } from 'pg';
import { transaction } from './session.js';
import { loadStatement } from './statement.js';

const SAVEPOINT = loadStatement('database/savepoint');
const RELEASE = loadStatement('database/release-savepoint');
const ROLLBACK_TO = loadStatement('database/rollback-to-savepoint');

const NO_TRANSACTION = 'I';

/** Runs work that is done as a whole or not at all, inside the client's transaction or, without one, in its own. */
export function atomically<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  return client.getTransactionStatus() === NO_TRANSACTION ? transaction(client, work) : asPart(client, work);
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
