import { randomBytes } from 'node:crypto';
import { registerBatches } from '#els/targets/els/batches/register.js';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import { loadScenario } from '#els/scenario/load.js';
import { slotsOfBatch } from '#els/domain/load.js';
import { planWorkload } from '#els/workload/plan.js';
import type { TestDatabase } from '../../support/database.js';
import { askOracles } from '../../support/oracles.js';
import { scenarioFile, SEED, type Judged } from '../expectations.js';
import type { ScenarioName } from '../planted-bug.js';
import type { DoubleFleet } from './double-fleet.js';

/** Which double is run on what. */
export interface DoubleJob {
  /** Name of a planted bug; any other is the sound double. */
  readonly name: string;
  readonly inventory: Inventory;
  readonly scenario: ScenarioName;
}

/** Registers a scenario's batches, lets the double's processes deliver it, and asks both oracles. */
export async function runDouble(db: TestDatabase, fleet: DoubleFleet, job: DoubleJob): Promise<Judged> {
  const scenario = await loadScenario(scenarioFile(job.scenario));
  const plan = planWorkload(scenario, `double-${randomBytes(5).toString('hex')}`, SEED);
  const { runId, batchIds } = plan;
  const { name: strategy, inventory } = job;
  const client = await db.pool.connect();
  try {
    await registerBatches(client, { runId, strategy, inventory, batchIds, slots: slotsOfBatch(scenario, 0) });
  } finally {
    client.release();
  }
  const calls = await fleet.deliver(plan, job.name, db);
  const { verdict, invariants } = await askOracles(db, plan, calls);
  const errors = calls.filter(({ outcome }) => outcome === 'error' || outcome === 'unknown').length;
  return { verdict, invariants, errors };
}
