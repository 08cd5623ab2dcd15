import { describeGiven, quote } from '../base/wording.js';
import { CALL_OUTCOMES, contradictionIn, mayHaveHappenedBy, type Call } from '../domain/call.js';
import { UsageError } from '../domain/errors.js';
import { promisesOf, type Places, type Promises } from '../domain/promises.js';
import { verifyHistory, type Verification } from '../verify/verify-run.js';

/** One call as its caller saw it. Times are microseconds of one clock; what few calls have may be left out. */
export type HistoryCall = Pick<Call, 'batchId' | 'contentId' | 'startMicros' | 'endMicros' | 'outcome'> & {
  /** The slot that was given, where places are named. */
  readonly slotId?: string | null | undefined;
  /** Default: its position in the history. */
  readonly callId?: string | undefined;
  /** Who made it, from 0. Default: 0. */
  readonly worker?: number | undefined;
  /** Of an error: it may have taken a slot all the same. Default: false; of `unknown` it is always true. */
  readonly mayHaveHappened?: boolean | undefined;
  /** Of an error. Default: `error`. */
  readonly errorCode?: string | null | undefined;
  /** Of an error or an unknown end. */
  readonly sqlState?: string | null | undefined;
  /** Of `created`: an earlier attempt of the same call, whose reply was lost, had taken the slot. */
  readonly recovered?: boolean | undefined;
  /** Of `reused`: a reply of its own was lost before, so it may itself have taken the slot. */
  readonly replyLost?: boolean | undefined;
};

/** What a history is judged by. */
export interface HistoryTerms {
  /** Slots of each batch, or of every batch by its id. */
  readonly slots: number | Readonly<Record<string, number>>;
  /** What callers may rely on. Default: both. */
  readonly promises?: Partial<Promises> | undefined;
  /** Whether answers name the slot that was given. Default: `named`. */
  readonly places?: Places | undefined;
}

/** What the history says: the verdict, each invariant that was asked, and what was not. */
export type HistoryVerdict = Verification;

/**
 * Judges a history of calls alone, without a database. It is pure, and accuses no correct system: what the calls do not
 * prove is not violated.
 *
 * @param calls all of them, in any order
 * @returns the verdict `unknown` where there is no call
 * @throws UsageError `invalid_history` for a call that contradicts itself, or a batch without a number of slots
 */
export function checkHistory(calls: readonly HistoryCall[], terms: HistoryTerms): HistoryVerdict {
  const isList: boolean = Array.isArray(calls);
  if (!isList) throw invalid('the calls are no list');
  const { slots, places = 'named', promises } = (terms ?? {}) as Partial<HistoryTerms>;
  const known = calls.map((call, position) => complete(call, position, places));
  const batchIds = [...new Set(known.map(({ batchId }) => batchId))];
  const slotsOf = new Map(batchIds.map((batchId) => [batchId, slotsIn(slots, batchId)]));
  const verification = verifyHistory({
    terms: { promises: promisesOf(promises), places },
    batchIds,
    slotsOf: (batchId) => slotsOf.get(batchId) ?? 0,
    calls: known,
    startMicros: known.reduce((first, { startMicros }) => Math.min(first, startMicros), Infinity),
    ...{ faults: [], incomplete: [], durable: true },
  });
  if (known.length > 0) return verification;
  return { ...verification, verdict: 'unknown', notes: ['no call was given: nothing was checked'] };
}

function complete(given: HistoryCall, position: number, places: Places): Call {
  const { startMicros, endMicros, outcome } = given;
  const { callId = String(position), worker = 0, recovered = false, replyLost = false } = given;
  const { slotId = null, sqlState = null } = given;
  const errorCode = given.errorCode ?? (outcome === 'error' ? 'error' : null);
  const end = { outcome, slotId, recovered, replyLost, errorCode, sqlState };
  const mayHaveHappened = given.mayHaveHappened ?? mayHaveHappenedBy(end);
  const call = {
    ...{ worker, batchId: given.batchId, contentId: given.contentId, callId },
    ...{ intendedMicros: startMicros, startMicros, endMicros, ...end, mayHaveHappened },
  };
  const problem = problemOf(call) ?? contradictionIn(call, places);
  if (problem !== undefined) throw invalid(`call ${quote(callId)} (position ${position}): ${problem}`);
  return call;
}

function problemOf({ startMicros, endMicros, outcome }: Call): string | undefined {
  if (!CALL_OUTCOMES.includes(outcome)) {
    return `outcome is ${describeGiven(outcome)}; accepted: ${CALL_OUTCOMES.join(', ')}`;
  }
  if (!Number.isFinite(startMicros) || !Number.isFinite(endMicros)) {
    return 'startMicros and endMicros must be numbers';
  }
  return endMicros < startMicros ? 'endMicros is before startMicros' : undefined;
}

function slotsIn(slots: HistoryTerms['slots'] | undefined, batchId: string): number {
  const count = typeof slots === 'number' ? slots : slots?.[batchId];
  if (count !== undefined && Number.isSafeInteger(count) && count >= 0) return count;
  throw invalid(`slots of batch ${quote(batchId)}: ${count ?? 'missing'}; accepted: a whole number`);
}

function invalid(problem: string): UsageError {
  return new UsageError('invalid_history', problem);
}
