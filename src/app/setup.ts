import { grantAccess, requireAccess } from '../database/grants.js';
import { setupSchema, type SetupOutcome } from '../database/schema.js';
import { requireWritable } from '../database/writable.js';
import { checkCustomStrategy } from '../engine/custom-strategy.js';
import type { StrategySpec } from '../engine/strategy.js';
import { inTransaction, type Database } from './database.js';

export { setupScript, TABLES, type SetupOutcome } from '../database/schema.js';

/** What `setUp` is to do besides creating what is missing. */
export interface SetupOptions {
  /** Creates the tables anew. */
  readonly reset: boolean;
  /** Roles that are to put loads on the tables. */
  readonly runners?: readonly string[] | undefined;
  /** Roles that are to read the tables. */
  readonly readers?: readonly string[] | undefined;
}

/**
 * Creates the schema, or finds it created, and grants roles what they need. All or nothing.
 *
 * @returns what was done, and the statements that granted something
 * @throws UsageError when the schema is not ours, a role does not exist, or this one may not do it
 * @throws InfrastructureError where nothing can be written
 */
export function setUp(
  { pool, schema, target }: Database,
  { reset, runners = [], readers = [] }: SetupOptions,
): Promise<{ readonly outcome: SetupOutcome; readonly grants: readonly string[] }> {
  return inTransaction(pool, async (client) => {
    await requireWritable(client, target);
    const outcome = await setupSchema(client, schema, { reset });
    const grants: string[] = [];
    for (const role of runners) grants.push(...(await grantAccess(client, schema, role, 'run')));
    for (const role of readers) grants.push(...(await grantAccess(client, schema, role, 'read')));
    return { outcome, grants };
  });
}

/**
 * Makes a database ready for a run: the schema is there, and PostgreSQL can prepare every custom strategy. All in
 * one transaction: where a strategy is refused, the database is as it was.
 *
 * @throws UsageError when the schema is not ours, the role lacks a privilege, or a custom strategy is refused
 * @throws InfrastructureError where nothing can be written
 */
export function prepareDatabase(
  database: Database,
  strategies: readonly StrategySpec[],
): Promise<SetupOutcome> {
  return inTransaction(database.pool, async (client) => {
    await requireWritable(client, database.target);
    const outcome = await setupSchema(client, database.schema, { reset: false });
    await requireAccess(client, database.schema, 'run');
    for (const spec of strategies) {
      if (spec.kind === 'custom') await checkCustomStrategy(client, spec);
    }
    return outcome;
  });
}
