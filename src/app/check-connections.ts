import { requireConnections } from '../database/connection-limits.js';
import type { Scenario } from '../domain/scenario.js';
import { COORDINATOR_CONNECTIONS, withClient, type Database } from './database.js';

/** A fault holds locks in one session and watches from another. */
const FAULT_CONNECTIONS = 2;

/**
 * Checks that the server has room for the connections of every load, before anything is written.
 *
 * @throws InfrastructureError with the figures: how many others are connected is the surroundings' doing
 */
export function checkConnections({ pool }: Database, scenarios: readonly Scenario[]): Promise<void> {
  const needed = Math.max(...scenarios.map(connectionsOf));
  return withClient(pool, (client) => requireConnections(client, needed));
}

function connectionsOf({ workers, connections, faults }: Scenario): number {
  return workers * connections + COORDINATOR_CONNECTIONS + (faults.length > 0 ? FAULT_CONNECTIONS : 0);
}
