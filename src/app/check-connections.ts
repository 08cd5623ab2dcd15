import { requireConnections } from '../database/connection-limits.js';
import type { Scenario } from '../domain/scenario.js';
import { COORDINATOR_CONNECTIONS, withClient, type Database } from './database.js';

/**
 * Checks that the server has room for the connections of every load, before anything is written. A pooler makes room
 * itself, and its backends are no connections of the load.
 *
 * @throws InfrastructureError with the figures: how many others are connected is the surroundings' doing
 */
export async function checkConnections(
  { pool, pooling }: Database,
  scenarios: readonly Scenario[],
): Promise<void> {
  if (pooling !== 'none') return;
  const needed = Math.max(...scenarios.map(connectionsOf));
  await withClient(pool, (client) => requireConnections(client, needed));
}

function connectionsOf({ workers, connections, faults }: Scenario): number {
  return workers * connections + COORDINATOR_CONNECTIONS + faultConnections(faults);
}

/** A fault holds locks in one session and watches from another; those armed before the load hold theirs together. */
function faultConnections(faults: Scenario['faults']): number {
  if (faults.length === 0) return 0;
  return Math.max(1, faults.filter(({ atMs }) => atMs === 0).length) + 1;
}
