import { UsageError } from '../domain/errors.js';
import { FAULT_KINDS, MIGRATION_FAULT, type FaultKind } from '../domain/fault.js';
import type { Scenario } from '../domain/scenario.js';
import { FAULTS_ON_CALLS } from '../faults/faults.js';
import type { Target } from '../target/target.js';
import type { WeakSpot } from '../target/weak-spots.js';
import type { Database } from './database.js';

/** What a target without a weak spot has not got, where it gives no reason of its own. */
const MISSING: Readonly<Record<WeakSpot, string>> = {
  countAssigned: 'has no statement that counts what is assigned',
  holdContent: 'has no statement that makes a claim wait while it holds a slot',
  lockFreeSlots: 'has no statement that locks its free slots',
  betweenTransactions: 'has no statement that stops a call between two transactions',
  beforeCompletion: 'has no statement that stops a call before it completes its batch',
};

/**
 * Checks that the faults of scenarios can be injected here, before anything is written.
 *
 * @throws UsageError `impossible_fault` when there is no way to restart the server, or a target lacks a weak spot
 */
export function checkFaults(
  database: Pick<Database, 'restartServer'>,
  scenarios: readonly Scenario[],
  targets: readonly Target[],
): void {
  for (const fault of scenarios.flatMap((scenario) => scenario.faults)) {
    const { kind } = fault;
    if (kind === 'restart-server' && database.restartServer === undefined) {
      throw refusal('restart-server needs --restart-command on a server that is not the embedded one');
    }
    for (const target of targets) {
      checkFault(kind, target);
    }
  }
}

function checkFault(kind: FaultKind, target: Target): void {
  const why = reasonAgainst(kind, target);
  if (why === undefined) return;
  const possible = FAULT_KINDS.filter(
    (other) => other !== MIGRATION_FAULT && reasonAgainst(other, target) === undefined,
  );
  const missing = missingSpot(kind, target);
  const own = missing && target.lacks[missing];
  throw refusal(`${kind}: ${own ? `${target.name} ${own}` : `${why}; accepted: ${possible.join(', ')}`}`);
}

/** Why a fault cannot strike calls of a target; undefined: it can. */
function reasonAgainst(kind: FaultKind, target: Target): string | undefined {
  const missing = missingSpot(kind, target);
  return missing && `${target.name} ${target.lacks[missing] ?? MISSING[missing]}`;
}

function missingSpot(kind: FaultKind, { weakSpots }: Target): WeakSpot | undefined {
  if (kind === MIGRATION_FAULT) return undefined;
  return FAULTS_ON_CALLS[kind].needs.find((spot) => weakSpots[spot] === undefined);
}

function refusal(why: string): UsageError {
  return new UsageError('impossible_fault', `fault ${why}`);
}
