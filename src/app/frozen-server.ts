import type { ClientBase } from 'pg';
import { serverError } from '../database/failure.js';
import { createPool, type DatabasePool } from '../database/pool.js';
import { connectTimeoutMs, type ServerAddress } from '../database/address.js';

/** How often it is looked whether an answer is awaited since the look before. */
const LOOK_MS = 5_000;
/** So many new connections in a row get no answer before the server is taken for frozen. */
const MOST_UNANSWERED = 2;
/** Where the address lets a connection take for ever. */
const LONGEST_PROBE_MS = 10_000;

/** Says that nothing came back, which is told apart from a server that refuses. */
const NO_ANSWER = /^timeout exceeded|^timeout expired|^Connection terminated due to connection timeout/;
const NO_ROUTE = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN']);

/**
 * Cuts a pool's connections where the server has stopped answering without closing them: frozen, or behind a network that
 * drops everything. Then whoever waits for an answer learns that the connection is lost. A long statement is no sign of
 * that: new connections tell. Nothing is sent while no answer is awaited.
 *
 * @returns ends the watch
 */
export function cutWhenFrozen(pool: DatabasePool, address: ServerAddress): () => void {
  const clients = new Set<ClientBase>();
  pool.on('connect', (client) => clients.add(client));
  pool.on('remove', (client) => clients.delete(client));
  let wasAwaited = false;
  let isAsking = false;
  const look = async () => {
    const isAwaited = pool.totalCount > pool.idleCount;
    const since = wasAwaited && isAwaited;
    wasAwaited = isAwaited;
    if (!since || isAsking) return;
    isAsking = true;
    if (await isFrozen(address)) for (const client of clients) cut(client);
    isAsking = false;
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function isFrozen(address: ServerAddress): Promise<boolean> {
  for (let probe = 0; probe < MOST_UNANSWERED; probe += 1) {
    if (await answers(address)) return false;
  }
  return true;
}

/** Whether a new connection comes to anything: one that is refused is answered too. */
async function answers(address: ServerAddress): Promise<boolean> {
  const pool = createPool(address, {
    ...{ connections: 1, applicationName: 'els-assign probe' },
    connectTimeoutMs: connectTimeoutMs(address) || LONGEST_PROBE_MS,
  });
  try {
    (await pool.connect()).release(true);
    return true;
  } catch (error) {
    const { code = '', message } = error as Error & { readonly code?: string };
    return serverError(error) !== undefined || !(NO_ROUTE.has(code) || NO_ANSWER.test(message));
  } finally {
    await pool.end();
  }
}

/** Closes a connection without a Terminate message, which a frozen server would never take. */
function cut(client: ClientBase): void {
  const { connection } = client as unknown as {
    readonly connection: { readonly stream: { destroy(): void } };
  };
  connection.stream.destroy();
}
