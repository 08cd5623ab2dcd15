import type { ClientBase } from 'pg';
import { loadStatement } from './statement.js';

interface Bounds {
  readonly begin: string;
  readonly end: string;
  readonly undo: string;
}

const TRANSACTION: Bounds = {
  begin: loadStatement('database/begin').text,
  end: loadStatement('database/commit').text,
  undo: loadStatement('database/rollback').text,
};
const PART: Bounds = {
  begin: loadStatement('database/savepoint').text,
  end: loadStatement('database/release-savepoint').text,
  undo: loadStatement('database/rollback-to-savepoint').text,
};

const NO_TRANSACTION = 'I';

/** Runs work that is done as a whole or not at all, inside the client's transaction or, without one, in its own. */
export async function atomically<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  const { begin, end, undo } = client.getTransactionStatus() === NO_TRANSACTION ? TRANSACTION : PART;
  await client.query(begin);
  try {
    const result = await work();
    await client.query(end);
    return result;
  } catch (error) {
    // A connection that is lost has undone everything; why it was lost is what counts.
    await client.query(undo).catch(() => undefined);
    throw error;
  }
}
