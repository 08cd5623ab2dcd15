import { UsageError } from '../domain/errors.js';
import { FAULT_KINDS, MIGRATION_FAULT, needsProxy, type FaultKind } from '../domain/fault.js';
import type { Scenario } from '../domain/scenario.js';
import type { Target } from '../target/target.js';
import type { WeakSpot } from '../target/weak-spots.js';
import type { Database } from './database.js';

/** Stops a claim that holds a slot, of a content that nobody has claimed yet. */
const HOLD_POINT = ['holdContent', 'countAssigned'] as const;

/** What each fault needs of a target; those without need its processes and connections alone. */
const NEEDS: Readonly<Record<FaultKind, readonly WeakSpot[]>> = {
  'kill-worker': [],
  'pause-worker': [],
  'terminate-backend': HOLD_POINT,
  'restart-server': HOLD_POINT,
  'lock-slots': ['lockFreeSlots'],
  'hold-snapshot': ['countAssigned'],
  'lose-replies': [],
  'reset-connections': [],
  'kill-between-transactions': ['betweenTransactions'],
  'kill-before-completion': ['beforeCompletion'],
  'kill-migration': [],
};

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
      if (isBeyond(kind, target)) {
        throw refusal(`${kind}: the connections of ${target.name} do not go through the tool's proxy yet`);
      }
      checkFault(kind, target);
    }
  }
}

function checkFault(kind: FaultKind, target: Target): void {
  const missing = missingSpot(kind, target);
  if (missing === undefined) return;
  const possible = FAULT_KINDS.filter(
    (other) =>
      other !== MIGRATION_FAULT && missingSpot(other, target) === undefined && !isBeyond(other, target),
  );
  const reason = target.lacks[missing] ?? `${MISSING[missing]}; accepted: ${possible.join(', ')}`;
  throw refusal(`${kind}: ${target.name} ${reason}`);
}

/** Whether it needs the tool's proxy, by which the connections of a target with a schema of its own do not go yet. */
function isBeyond(kind: FaultKind, { hasOwnSchema }: Target): boolean {
  return hasOwnSchema && needsProxy({ kind });
}

function missingSpot(kind: FaultKind, { weakSpots }: Target): WeakSpot | undefined {
  return NEEDS[kind].find((spot) => weakSpots[spot] === undefined);
}

function refusal(why: string): UsageError {
  return new UsageError('impossible_fault', `fault ${why}`);
}
