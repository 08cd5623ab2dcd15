import { detectLending, isPooled } from '../database/pooling.js';
import { UsageError } from '../domain/errors.js';
import type { Pooling } from '../domain/run-result.js';
import type { Scenario } from '../domain/scenario.js';
import type { Database } from './database.js';
import { withClient } from '../database/on-pool.js';

/**
 * Finds out whether a pooler stands before the server, and refuses what cannot be right behind it, before anything
 * is written.
 *
 * @param load.prepare whether the workers' sessions keep settings and prepared statements
 * @returns the database with what was found, and with what was wanted of sessions
 * @throws UsageError `transaction_pooler`, `statement_pooler`, or `impossible_fault`
 */
export async function checkPooling(
  database: Database,
  load: { readonly scenarios: readonly Scenario[]; readonly prepare: boolean },
): Promise<Database> {
  const { scenarios, prepare } = load;
  const pooling = await findPooling(database);
  if (pooling === 'transaction' && scenarios.some(({ rollout }) => rollout !== undefined))
    throw losesSessions(database, 'a pooler');
  if (pooling === 'transaction' && prepare) throw losesSessions(database, '--no-prepare, a pooler');
  const [fault] = scenarios.flatMap(({ faults }) => faults);
  if (pooling === 'none' || fault === undefined) return { ...database, pooling, prepare };
  const why = `fault ${fault.kind} cannot tell whose backend it hits`;
  throw refusal('impossible_fault', database, why, 'a direct connection');
}

/**
 * Makes sure that sessions last as long as their connections.
 *
 * @throws UsageError `transaction_pooler` or `statement_pooler`
 */
export async function requireSessions(database: Database): Promise<void> {
  if ((await findPooling(database)) === 'transaction') throw losesSessions(database, 'a pooler');
}

/**
 * Finds out what stands between the tool and the server.
 *
 * @throws UsageError `statement_pooler`
 */
export async function findPooling(database: Database): Promise<Pooling> {
  const { pool, embedded } = database;
  if (embedded) return 'none';
  const pooling = await withClient(pool, async (one) =>
    (await isPooled(one)) ? withClient(pool, (other) => detectLending(one, other)) : 'none',
  );
  if (pooling !== 'statement') return pooling;
  const why = 'in statement mode it allows no transactions';
  const accepted = 'transaction mode with --no-prepare, session mode, or a direct connection';
  throw refusal('statement_pooler', database, why, accepted);
}

function losesSessions(database: Database, instead: string): UsageError {
  const why = 'each transaction gets another session, without its settings and prepared statements';
  return refusal('transaction_pooler', database, why, `${instead} in session mode, or a direct connection`);
}

function refusal(code: string, { address }: Database, why: string, accepted: string): UsageError {
  const where = `a pooler stands before PostgreSQL (from ${address.source})`;
  return new UsageError(code, `${where}: ${why}; accepted: ${accepted}`);
}
