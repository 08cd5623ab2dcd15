import { inTransaction, withClient } from '#els/database/on-pool.js';
import { analyzeTables, registerBatches } from '#els/targets/els/batches/register.js';
import { batchTotals } from '#els/targets/els/batches/status.js';
import { checkpoint } from '#els/database/environment.js';
import { contentVariables, drawContent } from './pgbench-script.js';
import { runPgbench } from './pgbench.js';
import { freshSchema } from './server.js';

/**
 * Assigns contents to new batches by other means than the tool, and checks that each transaction took one slot: none
 * came too late for the last.
 *
 * @template {{ transactions: number }} T
 * @param {import('./server.js').Bench} bench
 * @param {{ strategy: string, batches: number, slots: number }} load `slots` of each batch; batches are named 1, 2, …
 * @param {() => Promise<T>} assign
 */
export async function withRegistered(bench, { strategy, batches, slots }, assign) {
  const inventory = strategy === 'inventory' ? 'essays' : 'slots';
  const batchIds = Array.from({ length: batches }, (_, index) => String(index + 1));
  const { pool } = bench.database;
  await freshSchema(bench);
  await inTransaction(pool, async (client) => {
    await registerBatches(client, { runId: 'pgbench', strategy, inventory, batchIds, slots });
    await analyzeTables(client);
  });
  await withClient(pool, checkpoint);
  const result = await assign();
  const { taken } = await inTransaction(pool, (client) => batchTotals(client, batchIds));
  if (taken !== result.transactions) {
    const slotsInAll = batches * slots;
    throw new Error(
      `${result.transactions} transactions took ${taken} of ${slotsInAll} slots: each must take one`,
    );
  }
  return result;
}

/**
 * Assigns contents by pgbench.
 *
 * @param {import('./server.js').Bench} bench
 * @param {{ strategy: string, statements: string, batches: number, slots: number, variables?: object }} load `slots` of
 * each batch
 * @returns {Promise<number>} assignments per second
 */
export async function assignByPgbench(bench, { statements, variables = {}, ...load }) {
  const script = drawContent(load.batches) + statements;
  const { perSecond } = await withRegistered(bench, load, () =>
    runPgbench(bench, script, { ...contentVariables(), ...variables }),
  );
  return perSecond;
}
