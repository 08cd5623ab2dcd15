import pg from 'pg';

const report = (error) => console.error(error);

/**
 * A pool with the listeners that Graphile Worker asks for.
 *
 * @param {import('pg').PoolConfig} config
 */
export function openGraphilePool(config) {
  const pool = new pg.Pool(config);
  pool.on('error', report);
  pool.on('connect', (client) => client.on('error', report));
  return pool;
}
