import type { Scenario } from '../domain/scenario.js';
import type { Target } from '../target/target.js';
import { rolledOut } from '../targets/resolve.js';
import { checkCapabilities, type Wanted } from './check-capabilities.js';
import { checkConnections } from './check-connections.js';
import { checkFaults } from './check-faults.js';
import { checkPooling } from './check-pooling.js';
import type { Database } from './database.js';
import { checkGates } from './gates.js';

/**
 * Checks that one target can be put through scenarios, with what they change it into, before anything connects.
 *
 * @throws UsageError as `checkGates` and `checkCapabilities`
 */
export function checkRun(
  scenarios: readonly Scenario[],
  target: Target,
  wanted: Pick<Wanted, 'prepare' | 'advisoryLocks'>,
): void {
  checkGates(scenarios, { compares: false, targets: [target] });
  const steps = scenarios.flatMap((scenario) => rolledOut(scenario, target));
  checkCapabilities({ ...wanted, scenarios, targets: [target, ...steps.map((step) => step.target)] });
}

/** What is to be run on a database. */
export interface Load {
  readonly scenarios: readonly Scenario[];
  readonly targets: readonly Target[];
  /** Whether sessions keep settings and prepared statements. */
  readonly prepare: boolean;
}

/**
 * Checks that a database can bear a load, before anything is written.
 *
 * @returns the database with what stands before it, and with what is wanted of sessions
 * @throws UsageError as `checkFaults` and `checkPooling`, InfrastructureError as `checkConnections`
 */
export async function checkDatabase(
  found: Database,
  { scenarios, targets, prepare }: Load,
): Promise<Database> {
  checkFaults(found, scenarios, targets);
  const database = await checkPooling(found, { scenarios, prepare });
  await checkConnections(database, scenarios);
  return database;
}
