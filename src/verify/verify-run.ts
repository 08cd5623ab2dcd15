import type { ClientBase } from 'pg';
import type { Call } from '../domain/call.js';
import type { InvariantResult, NotAsked } from '../domain/run-result.js';
import { notAskedOf, runAudits, type Audit } from './audits.js';
import {
  auditInvariants,
  compareWithHistory,
  readAssignments,
  type StoredAssignment,
} from './database-checks.js';
import { checkHistory } from './history-checks.js';
import { indexHistory, isIndefinite } from './history-index.js';
import { inSnapshot } from './snapshot.js';
import type { RunClock } from './timeline.js';
import { judge, type Circumstances, type Judgement } from './verdict.js';

/** What the oracles say. */
export interface Verification extends Judgement {
  readonly invariants: readonly InvariantResult[];
  /** What none of them was asked. */
  readonly notAsked: readonly NotAsked[];
}

/** A finished run. */
export interface RunToVerify extends RunClock, Circumstances {
  readonly batchIds: readonly string[];
  /** Slots of each batch. */
  readonly slots: number;
  /** Every call of every worker. */
  readonly calls: readonly Call[];
}

/**
 * Asks both oracles: the history (what callers were told) and the database (what is there).
 *
 * @param client while the run is quiet and before anything repaired it
 * @param rightAfterRun whether nobody but the run wrote its rows
 */
export async function verifyRun(
  client: ClientBase,
  run: RunToVerify,
  { rightAfterRun } = { rightAfterRun: true },
): Promise<Verification> {
  const { stored, audits } = await readRun(client, run.batchIds, rightAfterRun);
  const index = indexHistory(run.calls);
  const invariants = [
    ...checkHistory(index, run.slots, run),
    ...auditInvariants(audits, index, run),
    ...compareWithHistory(stored, index, run),
  ];
  const { verdict, notes } = judge(invariants, index, run);
  return {
    verdict,
    invariants,
    notAsked: notAskedOf(audits),
    notes: [...notes, ...reconciled(run.calls, stored)],
  };
}

/** All that the database is asked: the server may end a transaction that stands open while others compute. */
function readRun(
  client: ClientBase,
  batchIds: readonly string[],
  rightAfterRun: boolean,
): Promise<{ stored: StoredAssignment[]; audits: Audit[] }> {
  return inSnapshot(client, async () => {
    const stored = await readAssignments(client, batchIds);
    return { stored, audits: await runAudits(client, batchIds, rightAfterRun) };
  });
}

/** Asks the history alone: what callers were told, without the database. */
export function verifyHistory(run: RunToVerify): Verification {
  const index = indexHistory(run.calls);
  const invariants = checkHistory(index, run.slots, run);
  return { invariants, notAsked: [], ...judge(invariants, index, run) };
}

/**
 * Asks the database alone, on one snapshot.
 *
 * @param batchIds the batches to check
 * @param unsettled why what is there may be under way yet
 */
export async function verifyDatabase(
  client: ClientBase,
  batchIds: readonly string[],
  unsettled?: string,
): Promise<Verification> {
  const audits = await inSnapshot(client, () => runAudits(client, batchIds, false));
  const index = indexHistory([]);
  const invariants = auditInvariants(audits, index, { startMicros: 0, faults: [] });
  return {
    invariants,
    notAsked: notAskedOf(audits),
    ...judge(invariants, index, { incomplete: [], durable: true, unsettled, faults: [] }),
  };
}

/** What became of the calls whose callers were told nothing; what the tool delivered again was no caller's. */
function reconciled(calls: readonly Call[], stored: readonly StoredAssignment[]): string[] {
  const untold = calls.filter((call) => call.worker >= 0 && isIndefinite(call));
  const writers = new Set(stored.map((row) => row.callId));
  const nobodyKnows = stored.length > 0 && stored.every((row) => row.callId === null);
  const say = (what: string, some: readonly Call[]) => {
    const assigned = some.filter((call) => writers.has(call.callId)).length;
    const found = nobodyKnows ? 'not to be told, for no document has a correlation_id' : assigned;
    return some.length === 0 ? [] : [`${what}: ${some.length}; found in the database: ${found}`];
  };
  return [
    ...say(
      'calls whose reply was lost',
      untold.filter((call) => call.outcome === 'unknown'),
    ),
    ...say(
      'calls that gave up waiting',
      untold.filter((call) => call.outcome !== 'unknown'),
    ),
  ];
}
