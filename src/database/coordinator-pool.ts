import { createPool, type DatabasePool } from './pool.js';
import { openSession } from './session.js';
import type { ServerAddress } from './address.js';

/** One for work, one for watching. */
export const COORDINATOR_CONNECTIONS = 2;
/** One that tells that the command is alive. */
export const PRESENCE_CONNECTIONS = 1;
/** The coordinator waits for nobody's lock longer than this. */
export const LOCK_TIMEOUT_MS = 5_000;

/** Connections for work that is no load. Each transaction carries its settings, so that it may be behind any pooler. */
export function coordinatorPool(
  address: ServerAddress,
  schema: string,
  applicationName: string,
): DatabasePool {
  const settings = { schema, lockTimeoutMs: LOCK_TIMEOUT_MS, keepsNothing: true };
  return createPool(address, {
    connections: COORDINATOR_CONNECTIONS,
    applicationName,
    onConnect: (client) => openSession(client, settings, []),
  });
}
