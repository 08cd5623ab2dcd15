import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { leaseEmbeddedServer, type EmbeddedConnection } from '../database/embedded/lease.js';
import { InfrastructureError } from '../domain/errors.js';

/** A server that is restarted, as a fault does it, is back sooner. */
const LONGEST_ABSENCE_MS = 10_000;
const RETRY_MS = 250;

/**
 * Keeps the embedded server up for as long as the work lasts.
 *
 * @param env names its home (ELS_ASSIGN_HOME, XDG_STATE_HOME, HOME)
 * @param work gets a URL that psql and `--database-url` take; the password is in a file that it names. The signal is aborted
 *   when the server is gone
 * @throws UsageError when the home cannot be used
 * @throws InfrastructureError when the server cannot be started, is gone while the work lasts, or does not stop
 */
export async function withEmbeddedServer(
  env: NodeJS.ProcessEnv,
  work: (url: string, gone: AbortSignal) => Promise<void>,
): Promise<void> {
  const { connection, writePasswordFile, release } = await leaseEmbeddedServer(env);
  const over = new AbortController();
  const gone = new AbortController();
  const watching = untilGone(connection, over.signal).then((isGone) => isGone && gone.abort());
  try {
    const { user, host, port, database } = connection;
    const passfile = encodeURIComponent(await writePasswordFile());
    const url = `postgres://${user}@${host}:${port}/${database}?sslmode=disable&passfile=${passfile}`;
    await work(url, gone.signal);
  } finally {
    over.abort();
    await watching;
    await release();
  }
  if (gone.signal.aborted)
    throw new InfrastructureError('embedded_failed', 'the embedded server is gone: its processes were ended');
}

/** @returns true when no connection could be made for a while, false when the work was over before */
async function untilGone(connection: EmbeddedConnection, over: AbortSignal): Promise<boolean> {
  let lastSeenMs = performance.now();
  while (!over.aborted && performance.now() - lastSeenMs < LONGEST_ABSENCE_MS) {
    if (await stayConnected(connection, over)) lastSeenMs = performance.now();
    else await sleep(RETRY_MS);
  }
  return !over.aborted;
}

/** @returns whether a connection could be made; it has ended by then */
async function stayConnected(connection: EmbeddedConnection, over: AbortSignal): Promise<boolean> {
  const client = new pg.Client({ ...connection, ssl: false, application_name: 'els-assign server' });
  // Its end is what is waited for, whatever ended it.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return false;
  }
  const ended = new Promise((resolve) => client.once('end', resolve));
  if (!over.aborted) await Promise.race([ended, once(over, 'abort')]);
  await client.end();
  return true;
}
