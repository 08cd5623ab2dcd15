import { withClient } from '#els/database/on-pool.js';
import { bindValues, loadStatement } from '#els/database/statement.js';
import { ForeignSession } from '#els/faults/foreign-session.js';
import { benchStatement } from './bench-sql.js';

const SELECT = loadStatement('database/backend-pid');
const HOLDS = benchStatement('holds-snapshot');

/**
 * Lets another session hold a snapshot while something is done. REPEATABLE READ keeps the one that its first query
 * takes (PostgreSQL manual, 13.2.2).
 *
 * @template T
 * @param {import('./server.js').Bench} bench
 * @param {() => Promise<T>} work
 * @throws Error when the snapshot was not held until the end
 */
export async function underOldSnapshot({ database: { pool, address, schema } }, work) {
  const session = await ForeignSession.beginSnapshot({ address, schema });
  try {
    await session.query(SELECT, {});
    const result = await work();
    if (!(await holdsSnapshot(pool, session.pid))) {
      throw new Error('the old snapshot was not held until the end');
    }
    return result;
  } finally {
    await session.close();
  }
}

async function holdsSnapshot(pool, pid) {
  const { rows } = await withClient(pool, (client) => client.query(HOLDS.text, bindValues(HOLDS, { pid })));
  return rows[0]?.held === true;
}
