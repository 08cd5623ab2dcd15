import type { Call } from '#els/domain/call.js';
import type { WorkloadPlan } from '#els/domain/scenario.js';
import { verifyRun, type Verification } from '#els/verify/verify-run.js';
import type { TestDatabase } from './database.js';

/** Asks both oracles about a run that is quiet. */
export async function askOracles(
  db: TestDatabase,
  { batchIds, scenario }: WorkloadPlan,
  calls: readonly Call[],
): Promise<Verification> {
  const client = await db.pool.connect();
  try {
    return await verifyRun(client, {
      ...{ batchIds, slots: scenario.slots, calls, startMicros: calls[0]?.intendedMicros ?? 0 },
      ...{ faults: [], incomplete: [], durable: true },
    });
  } finally {
    client.release();
  }
}
