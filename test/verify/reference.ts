import type { Call } from '#els/domain/call.js';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import type { JudgedTerms } from '#els/verify/run-evidence.js';
import { isIndefinite } from '#els/verify/history-index.js';

/** One batch as an observer saw it: what callers were told, and what is there at the end. */
export interface Observation {
  readonly terms: JudgedTerms;
  readonly slots: number;
  /** Ids of the slots that were registered, where they are known. */
  readonly slotIds?: ReadonlySet<string> | undefined;
  readonly calls: readonly Call[];
  /** Final rows; undefined: nobody looked. */
  readonly rows?: readonly Row[] | undefined;
  /** Whether each `reused` may have taken the slot in an attempt that was lost. */
  readonly retriesUntold?: boolean | undefined;
  /** Calls made one at a time after everything else is quiet. */
  readonly closing?: ReadonlySet<Call> | undefined;
}

/** The target that the tool brings with it. */
export const BUILT_IN = { terms: BUILT_IN_TERMS };

export interface Row {
  readonly contentId: string;
  /** Null where places are counted. */
  readonly slotId: string | null;
}

/** A slot that is taken. Its id is null while no answer named it, and where places are counted. */
interface Holding extends Row {
  /** The call that took it and was not told. */
  readonly untold: string | null;
}

/**
 * Decides by exhaustive search whether some order of effects explains an observation of one batch: each call takes
 * effect at one instant within its interval, ends included; a call without a definite answer at any instant from its
 * start on, or never; an error never. The rows are the final state. Exponential in the number of calls.
 * Herlihy & Wing, "Linearizability", ACM TOPLAS 12(3), 1990.
 */
export function isExplained(observation: Observation): boolean {
  const { calls: all, rows, slotIds } = observation;
  if (slotIds && rows?.some(({ slotId }) => slotId !== null && !slotIds.has(slotId))) return false;
  const calls = all.filter((call) => call.outcome !== 'error' || isIndefinite(call));
  const indefinite = calls.map(isIndefinite);
  const seen = new Set<string>();

  function search(pending: number, holdings: readonly Holding[]): boolean {
    const key = `${pending} ${holdings.map(({ contentId, slotId, untold }) => `${contentId},${slotId},${untold}`).join(' ')}`;
    if (seen.has(key)) return false;
    seen.add(key);
    const isPending = (position: number) => (pending & (1 << position)) !== 0;
    const answered = calls.filter((_, position) => isPending(position) && indefinite[position] === false);
    if (answered.length === 0 && (rows === undefined || areRows(holdings, rows))) return true;
    return calls.some((next, position) => {
      if (!isPending(position) || answered.some((call) => call.endMicros < next.startMicros)) return false;
      return effects(next, holdings, observation).some((after) => search(pending & ~(1 << position), after));
    });
  }

  return search((1 << calls.length) - 1, []);
}

/** Whether holdings are the rows; a slot that no answer named may be any. */
function areRows(holdings: readonly Holding[], rows: readonly Row[]): boolean {
  if (holdings.length !== rows.length) return false;
  const left = [...rows];
  const named = [...holdings].sort((a, b) => Number(a.slotId === null) - Number(b.slotId === null));
  for (const { contentId, slotId } of named) {
    const at = left.findIndex(
      (row) => row.contentId === contentId && (slotId === null || row.slotId === slotId),
    );
    if (at === -1) return false;
    left.splice(at, 1);
  }
  const ids = rows.flatMap(({ slotId }) => (slotId === null ? [] : [slotId]));
  return new Set(ids).size === ids.length;
}

/** What a call may leave behind where it comes next; nothing where its answer would be wrong. */
function effects(call: Call, holdings: readonly Holding[], observation: Observation): Holding[][] {
  const { terms, slots, slotIds, retriesUntold, closing } = observation;
  const { idempotent, truthfulNoSlot } = terms.promises;
  const own = idempotent ? holdings.find(({ contentId }) => contentId === call.contentId) : undefined;
  const take = (slotId: string | null, untold: string | null): Holding[][] =>
    own === undefined && holdings.length < slots && isFree(slotId, holdings)
      ? [sorted([...holdings, { contentId: call.contentId, slotId, untold }])]
      : [];
  if (isIndefinite(call)) return take(null, call.callId);
  if (call.outcome === 'no_slot') {
    const mustBeFull = truthfulNoSlot || closing?.has(call) === true;
    return own === undefined && (!mustBeFull || holdings.length === slots) ? [[...holdings]] : [];
  }
  const { slotId, outcome, replyLost } = call;
  if (slotId !== null && slotIds?.has(slotId) === false) return [];
  if (!idempotent) return take(slotId, null);
  const find = (untold: string | null): Holding[][] => {
    if (own === undefined || (own.slotId !== null && own.slotId !== slotId)) return [];
    const others = holdings.filter((each) => each !== own);
    return isFree(slotId, others) ? [sorted([...others, { ...own, slotId, untold }])] : [];
  };
  const mayTake = outcome !== 'reused' || replyLost || retriesUntold === true;
  const mayFind = outcome !== 'created' || own?.untold === call.callId;
  return [...(mayTake ? take(slotId, null) : []), ...(mayFind ? find(own?.untold ?? null) : [])].map(
    (after) => (outcome === 'created' ? told(after, call) : after),
  );
}

/** Whoever created was told: the slot is known to no other call as its own. */
function told(holdings: readonly Holding[], { contentId }: Call): Holding[] {
  return holdings.map((each) => (each.contentId === contentId ? { ...each, untold: null } : each));
}

function isFree(slotId: string | null, holdings: readonly Holding[]): boolean {
  return slotId === null || !holdings.some((other) => other.slotId === slotId);
}

function sorted(holdings: Holding[]): Holding[] {
  const key = ({ contentId, slotId }: Holding) => `${contentId},${slotId}`;
  return holdings.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
