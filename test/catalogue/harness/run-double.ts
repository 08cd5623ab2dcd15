import { randomBytes } from 'node:crypto';
import { deleteRuns, registerBatches } from '#els/batches/register.js';
import type { Inventory } from '#els/domain/assignment.js';
import type { Call } from '#els/domain/call.js';
import type { WorkloadPlan } from '#els/domain/scenario.js';
import { loadScenario } from '#els/scenario/load.js';
import { planWorkload } from '#els/scenario/plan.js';
import { verifyRun } from '#els/verify/verify-run.js';
import type { TestDatabase } from '../../support/database.js';
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
  const client = await db.pool.connect();
  try {
    const { runId, batchIds } = plan;
    const { name: strategy, inventory } = job;
    await registerBatches(client, { runId, strategy, inventory, batchIds, slots: scenario.slots });
  } finally {
    client.release();
  }
  const calls = await fleet.deliver(plan, job.name, db);
  return judge(db, plan, calls);
}

async function judge(db: TestDatabase, plan: WorkloadPlan, calls: readonly Call[]): Promise<Judged> {
  const client = await db.pool.connect();
  try {
    const { runId, scenario } = plan;
    const { verdict, invariants } = await verifyRun(client, { runId, slots: scenario.slots, calls });
    await deleteRuns(client, [runId]);
    const errors = calls.filter(({ outcome }) => outcome === 'error' || outcome === 'unknown').length;
    return { verdict, invariants, errors };
  } finally {
    client.release();
  }
}
