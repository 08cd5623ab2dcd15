import { withClient } from '../../dist/app/database.js';
import { analyzeTables, registerBatches } from '../../dist/batches/register.js';
import { batchTotals } from '../../dist/batches/status.js';
import { checkpoint } from '../../dist/database/environment.js';
import { contentVariables, drawContent } from './pgbench-script.js';
import { runPgbench } from './pgbench.js';
import { freshSchema } from './server.js';

/**
 * Assigns contents by pgbench, and checks that each transaction took one slot: none came too late for the last.
 *
 * @param {import('./server.js').Bench} bench
 * @param {{ strategy: string, statements: string, batches: number, slots: number, variables?: object }} load `slots` of
 * each batch
 * @returns {Promise<number>} assignments per second
 */
export async function assignByPgbench(bench, { strategy, statements, batches, slots, variables = {} }) {
  const inventory = strategy === 'inventory' ? 'essays' : 'slots';
  const batchIds = Array.from({ length: batches }, (_, index) => String(index + 1));
  const { pool } = bench.database;
  await freshSchema(bench);
  await withClient(pool, async (client) => {
    await registerBatches(client, { runId: 'pgbench', strategy, inventory, batchIds, slots });
    await analyzeTables(client);
    await checkpoint(client);
  });
  const script = drawContent(batches) + statements;
  const { perSecond, transactions } = await runPgbench(bench, script, {
    ...contentVariables(),
    ...variables,
  });
  const { ready } = await withClient(pool, (client) => batchTotals(client, batchIds));
  if (ready !== transactions) {
    const slotsInAll = batches * slots;
    throw new Error(`${transactions} transactions took ${ready} of ${slotsInAll} slots: each must take one`);
  }
  return perSecond;
}
