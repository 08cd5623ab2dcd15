import { setupSchema, type SetupOutcome } from '../database/schema.js';
import { requireWritable } from '../database/writable.js';
import { checkCustomStrategy } from '../engine/custom-strategy.js';
import type { StrategySpec } from '../engine/strategy.js';
import { inTransaction, type Database } from './database.js';

export { setupScript, TABLES, type SetupOutcome } from '../database/schema.js';

/**
 * Creates the schema, or finds it created; with `reset` creates it anew.
 *
 * @throws InfrastructureError where nothing can be written
 */
export function setUp(database: Database, options: { readonly reset: boolean }): Promise<SetupOutcome> {
  return inTransaction(database.pool, async (client) => {
    await requireWritable(client, database.target);
    return setupSchema(client, database.schema, options);
  });
}

/**
 * Makes a database ready for a run: the schema is there, and PostgreSQL can prepare every custom strategy. All in
 * one transaction: where a strategy is refused, the database is as it was.
 *
 * @throws UsageError when the schema is not ours, or a custom strategy is refused
 * @throws InfrastructureError where nothing can be written
 */
export function prepareDatabase(
  database: Database,
  strategies: readonly StrategySpec[],
): Promise<SetupOutcome> {
  return inTransaction(database.pool, async (client) => {
    await requireWritable(client, database.target);
    const outcome = await setupSchema(client, database.schema, { reset: false });
    for (const spec of strategies) {
      if (spec.kind === 'custom') await checkCustomStrategy(client, spec);
    }
    return outcome;
  });
}
