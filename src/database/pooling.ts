import type { ClientBase } from 'pg';
import { serverError } from './failure.js';
import { loadStatement } from './statement.js';

/** For how long a pooler lends a backend to a client. */
export type Lending = 'session' | 'transaction' | 'statement';

const BACKEND_PID = loadStatement('database/backend-pid');
const BEGIN = loadStatement('database/begin');
const ROLLBACK = loadStatement('database/rollback');

/** One probe tells on a quiet pool; more, where others use it meanwhile or its backends take turns. */
const PROBES = 3;

/** Whether a pooler stands before the server: it gives its clients keys of its own for cancel requests. */
export async function isPooled(client: ClientBase): Promise<boolean> {
  return (await backendOf(client)) !== (client as ClientBase & { readonly processID: number }).processID;
}

/**
 * Finds out for how long a pooler lends a backend. Nothing is set on a backend, which may be somebody else's next.
 *
 * @param one in no transaction
 * @param other another connection of the same user to the same database, in no transaction
 * @throws pg.DatabaseError when the pooler has no backend for both
 */
export async function detectLending(one: ClientBase, other: ClientBase): Promise<Lending> {
  try {
    for (let probe = 0; probe < PROBES; probe++) {
      if (await changesBackend(one, other)) return 'transaction';
    }
    return 'session';
  } catch (error) {
    if (isStatementPooling(error)) return 'statement';
    throw error;
  }
}

/** Whether a connection loses its backend between two transactions, to the other one or to anybody. */
async function changesBackend(one: ClientBase, other: ClientBase): Promise<boolean> {
  const before = await backendOf(one);
  await other.query(BEGIN.text);
  try {
    return (await backendOf(other)) === before || (await backendOf(one)) !== before;
  } finally {
    await other.query(ROLLBACK.text);
  }
}

async function backendOf(client: ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>(BACKEND_PID.text);
  return rows[0]?.pid;
}

/** PgBouncer has one code, protocol_violation, for all that it refuses. */
function isStatementPooling(error: unknown): boolean {
  const sent = serverError(error);
  return sent?.code === '08P01' && /statement pooling/.test(sent.message);
}
