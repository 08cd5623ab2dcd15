import type { Call } from '../domain/call.js';
import { BUILT_IN_TERMS } from '../domain/promises.js';
import type { InvariantResult, NotAsked } from '../domain/run-result.js';
import { ask } from './ask.js';
import type { Audit, Stored, StoredAssignment } from '../target/host.js';
import { auditInvariants, notAskedOf } from './audit-invariants.js';
import {
  evidenceOf,
  type Circumstances,
  type Evidence,
  type JudgedTerms,
  type Observed,
} from './run-evidence.js';
import { countSuccesses, indexHistory, isIndefinite } from './history-index.js';
import { invariant } from './invariant.js';
import { INVARIANTS, type Invariant } from './invariants.js';
import { judge, type Judgement } from './verdict.js';

/** What the oracles say. */
export interface Verification extends Judgement {
  readonly invariants: readonly InvariantResult[];
  /** What none of them was asked. */
  readonly notAsked: readonly NotAsked[];
}

/** A finished run. */
export interface RunToVerify extends Circumstances, Pick<Observed, 'batchIds' | 'slotsOf' | 'slotIds'> {
  /** What its target promises. */
  readonly terms: JudgedTerms;
  /** The barrier's release, on the clock of the calls. */
  readonly startMicros: number;
  /** Every call of every worker. */
  readonly calls: readonly Call[];
}

/**
 * Asks both oracles: the history (what callers were told) and the database (what is there).
 *
 * @param stored read while the run was quiet and before anything repaired it
 */
export function verifyRun(run: RunToVerify, { assignments, audits }: Stored): Verification {
  return verifyEvidence(run, assignments, audits);
}

/** Asks the history alone: what callers were told, without the database. */
export function verifyHistory(run: RunToVerify): Verification {
  return verifyEvidence(run, undefined, []);
}

/**
 * Judges what was read of a run.
 *
 * @param rows what the database holds of its batches; undefined: it was not asked
 * @param audits what the target's own audits found
 */
export function verifyEvidence(
  run: RunToVerify,
  rows: readonly StoredAssignment[] | undefined,
  audits: readonly Audit[],
): Verification {
  const { terms, calls, ...observed } = run;
  const evidence = evidenceOf({ ...observed, terms, index: indexHistory(calls), rows, circumstances: run });
  const asked = answer([...INVARIANTS, ...auditInvariants(audits)], evidence, run);
  return {
    ...asked,
    notAsked: [...asked.notAsked, ...notAskedOf(audits)],
    notes: [...asked.notes, ...(rows === undefined ? [] : reconciled(evidence, calls, rows))],
  };
}

function answer(invariants: readonly Invariant[], evidence: Evidence, clock: Clock): Verification {
  const { findings, notAsked } = ask(invariants, evidence);
  const results = findings.map(({ name, violations, proven }) => ({
    ...invariant(name, violations, clock),
    ...(violations.length > 0 && !proven && { excused: true as const }),
  }));
  return { invariants: results, notAsked, ...judge(findings, evidence) };
}

type Clock = Parameters<typeof invariant>[2];

/**
 * Asks the database alone: the target's audits, and what the rows tell by themselves where it tells its assignments.
 *
 * @param stored what there is of batches, read at one moment
 * @param batchIds the batches that were read
 * @param unsettled why what is there may be under way yet
 */
export function verifyDatabase(
  { assignments: rows, audits }: Stored,
  batchIds: readonly string[],
  unsettled?: string,
  terms: JudgedTerms = BUILT_IN_TERMS,
): Verification {
  const circumstances = { faults: [], incomplete: [], durable: true, unsettled };
  const observed = { terms, batchIds, slotsOf: () => 0, rows };
  const evidence = evidenceOf({ ...observed, index: indexHistory([]), circumstances });
  const ofRows = rows === undefined ? [] : INVARIANTS.filter(({ ofRowsAlone }) => ofRowsAlone);
  const answered = answer([...ofRows, ...auditInvariants(audits)], evidence, { startMicros: 0, faults: [] });
  const known = new Set(ofRows.map(({ name }) => name));
  const others = new Set(INVARIANTS.map(({ name }) => name).filter((name) => !known.has(name)));
  const unasked = [...others].map((name) => ({ name, reason: 'no history of calls was given' }));
  return { ...answered, notAsked: [...unasked, ...answered.notAsked, ...notAskedOf(audits)] };
}

/** What became of the calls whose callers were told nothing; what the tool delivered again was no caller's. */
function reconciled(
  { promises, batches }: Evidence,
  calls: readonly Call[],
  rows: readonly StoredAssignment[],
): string[] {
  const untold = calls.filter((call) => call.worker >= 0 && isIndefinite(call));
  if (!promises.idempotent) {
    if (untold.length === 0) return [];
    const successes = batches.reduce(
      (sum, { contents }) => [...contents.values()].reduce((all, each) => all + countSuccesses(each), sum),
      0,
    );
    const there = Math.max(0, rows.length - successes);
    return [`calls that may have happened: ${untold.length}; found in the database: ${there}`];
  }
  const writers = new Set(rows.map((row) => row.callId));
  const nobodyKnows = rows.length > 0 && rows.every((row) => row.callId === null);
  const say = (what: string, some: readonly Call[]) => {
    const assigned = some.filter((call) => writers.has(call.callId)).length;
    const found = nobodyKnows ? 'not to be told, for no row says which call wrote it' : assigned;
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
