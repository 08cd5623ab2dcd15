import { readEnvironment } from '../database/environment.js';
import type { Environment } from '../domain/run-result.js';
import type { Database } from './database.js';
import { withClient } from '../database/on-pool.js';

/** What a result of this database and this machine must be read with. */
export function environmentOf({ pool, embedded, pooling, prepare }: Database): Promise<Environment> {
  const access = { embedded, pooling, preparedStatements: prepare };
  return withClient(pool, (client) => readEnvironment(client, access));
}
