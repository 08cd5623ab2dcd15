import { UsageError } from '../domain/errors.js';
import type { Fault } from '../domain/fault.js';
import type { Scenario } from '../domain/scenario.js';
import type { Target } from '../target/target.js';
import type { Database } from './database.js';

/**
 * Checks that the faults of scenarios can be injected here, before anything is written.
 *
 * @throws UsageError when there is no way to restart the server, or a target has no such place
 */
export function checkFaults(
  database: Pick<Database, 'restartServer'>,
  scenarios: readonly Scenario[],
  targets: readonly Target[],
): void {
  const faults = scenarios.flatMap((scenario) => scenario.faults);
  if (has(faults, 'restart-server') && database.restartServer === undefined) {
    throw refusal('restart-server needs --restart-command on a server that is not the embedded one');
  }
  const other = targets.find(({ weakSpots }) => weakSpots.betweenTransactions === undefined);
  if (has(faults, 'kill-between-transactions') && other !== undefined) {
    throw refusal(`kill-between-transactions: ${other.name} has one transaction; accepted: legacy`);
  }
}

function has(faults: readonly Fault[], kind: Fault['kind']): boolean {
  return faults.some((fault) => fault.kind === kind);
}

function refusal(why: string): UsageError {
  return new UsageError('impossible_fault', `fault ${why}`);
}
