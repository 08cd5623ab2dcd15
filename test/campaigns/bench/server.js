import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withDatabase } from '#els/app/database.js';
import { withClient } from '#els/database/on-pool.js';
import { setUp } from '#els/app/setup.js';
import { readEnvironment } from '#els/database/environment.js';
import { InfrastructureError } from '#els/domain/errors.js';
import { WorkerFleet } from '#els/runner/fleet.js';
import { benchStatement } from './bench-sql.js';
import { SCHEMA } from './settings.js';

/** On a disk, where /tmp may be memory and make fsync free. */
const HOMES = '/var/tmp/els-assign-bench-';

/**
 * @typedef {object} Bench what measurements work with
 * @property {import('#els/app/database.js').Database} database
 * @property {import('#els/runner/fleet.js').WorkerFleet} fleet
 * @property {string} folder for files of a measurement
 * @property {import('#els/domain/run-result.js').Environment} environment
 * @property {AbortSignal} stop aborted when the suite is to end early
 */

/**
 * Starts an embedded server that nobody else uses, with its data in a folder of its own, for as long as the work lasts.
 *
 * @template T
 * @param {AbortSignal} stop
 * @param {(bench: Bench) => Promise<T>} work
 * @throws InfrastructureError when the server cannot be started, or does not sync its commits
 */
export async function withServer(stop, work) {
  const folder = await mkdtemp(HOMES);
  await chmod(folder, 0o755);
  const env = { ELS_ASSIGN_HOME: join(folder, 'home') };
  const fleet = new WorkerFleet();
  try {
    return await withDatabase({ schema: SCHEMA, env }, async (database) => {
      const environment = await prepareServer(database);
      return work({ database, fleet, folder, environment, stop }).finally(() => fleet.close());
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** No autovacuum, for the tool's tables and its competitors' alike: it would begin in the middle of some measurement. */
async function prepareServer({ pool }) {
  return withClient(pool, async (client) => {
    await client.query(benchStatement('autovacuum-off').text);
    await client.query(benchStatement('reload-configuration').text);
    const environment = await readEnvironment(client, {
      ...{ embedded: true, pooling: 'none', preparedStatements: true },
    });
    if (environment.fsync !== 'on' || environment.synchronousCommit !== 'on') {
      throw new InfrastructureError('commits_not_synced', 'the server does not sync its commits to the disk');
    }
    return environment;
  });
}

/** Gives a measurement tables without rows and without what the one before left in their indexes. */
export async function freshSchema({ database }) {
  await setUp(database, { reset: true });
}
