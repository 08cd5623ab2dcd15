import type { Call } from '#els/domain/call.js';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import { slotsOfBatch } from '#els/domain/load.js';
import type { WorkloadPlan } from '#els/domain/scenario.js';
import { readStored } from '#els/targets/els/host.js';
import { verifyRun, type Verification } from '#els/verify/verify-run.js';
import type { TestDatabase } from './database.js';

/** Asks both oracles about a run that is quiet. */
export function askOracles(
  db: TestDatabase,
  { batchIds, scenario }: WorkloadPlan,
  calls: readonly Call[],
): Promise<Verification> {
  return ask(db, batchIds, slotsOfBatch(scenario, 0), calls);
}

/** The same about one batch. */
export function verifyBatch(
  db: TestDatabase,
  batchId: string,
  slots: number,
  calls: readonly Call[],
): Promise<Verification> {
  return ask(db, [batchId], slots, calls);
}

async function ask(
  db: TestDatabase,
  batchIds: readonly string[],
  slots: number,
  calls: readonly Call[],
): Promise<Verification> {
  const client = await db.pool.connect();
  try {
    const run = {
      ...{ batchIds, slotsOf: () => slots, calls, startMicros: 0, faults: [] },
      ...{ terms: BUILT_IN_TERMS, incomplete: [], durable: true },
    };
    return verifyRun(run, await readStored(client, batchIds, { rightAfterRun: true }));
  } finally {
    client.release();
  }
}
