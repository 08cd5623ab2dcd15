import { requireConnections } from '../database/connection-limits.js';
import { MIGRATION_FAULT } from '../domain/fault.js';
import type { Scenario } from '../domain/scenario.js';
import { COORDINATOR_CONNECTIONS, PRESENCE_CONNECTIONS } from '../database/coordinator-pool.js';
import type { Database } from './database.js';
import { withClient } from '../database/on-pool.js';

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

function connectionsOf(scenario: Scenario): number {
  const { workers, connections, faults } = scenario;
  const ofLoad = workers * connections + COORDINATOR_CONNECTIONS + PRESENCE_CONNECTIONS;
  return ofLoad + faultConnections(faults) + rolloutConnections(scenario);
}

/** A worker that changes has two pools for a while, one worker after the other; then batches are migrated. */
function rolloutConnections({ rollout, connections }: Scenario): number {
  return rollout === undefined ? 0 : Math.max(connections, COORDINATOR_CONNECTIONS);
}

/** A fault holds locks in one session and watches from another; those armed before the load hold theirs together. */
function faultConnections(all: Scenario['faults']): number {
  const faults = all.filter(({ kind }) => kind !== MIGRATION_FAULT);
  if (faults.length === 0) return 0;
  return Math.max(1, faults.filter(({ atMs }) => atMs === 0).length) + 1;
}
