import type { Call } from '#els/domain/call.js';
import { mayHaveHappenedBy } from '#els/domain/call.js';
import { mulberry32 } from '#els/base/random.js';
import type { Combination } from './combinations.js';
import { callOf } from './histories.js';
import type { Observation, Row } from './reference.js';

// Observations of one batch that are small enough for an exhaustive search: valid ones, valid ones that were spoilt,
// and any at all. Times are so few that ties and calls of no length are frequent.

const MOST = { slots: 3, contents: 4, calls: 6 };

/** What an observation is drawn with. */
interface Pen {
  readonly integer: (low: number, high: number) => number;
  /** One time in so many. */
  readonly oneIn: (times: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
}

function penOf(seed: number): Pen {
  const random = mulberry32(seed);
  const integer = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  return {
    integer,
    oneIn: (times) => integer(1, times) === 1,
    pick: (items) => items[integer(0, items.length - 1)] as never,
  };
}

/** Draws an observation; the same for the same seed. */
export function observationOf(
  combination: Combination,
  seed: number,
): Observation & { rows: readonly Row[] } {
  const pen = penOf(seed);
  const observation = pen.oneIn(4) ? anyObservation(combination, pen) : simulated(combination, pen);
  const changes = pen.pick([0, 0, 1, 1, 2]);
  for (let change = 0; change < changes; change++) spoil(observation, combination, pen);
  return observation;
}

/** Draws one that a correct target leaves behind. */
export function validObservationOf(
  combination: Combination,
  seed: number,
): Observation & { rows: readonly Row[] } {
  return simulated(combination, penOf(seed));
}

interface Draft extends Observation {
  slots: number;
  calls: Call[];
  rows: Row[];
}

const slotName = (slot: number) => `slot-${slot}`;

function draftOf({ promises, places }: Combination, pen: Pen): Draft {
  const slots = pen.integer(1, MOST.slots);
  const known = new Set(Array.from({ length: slots }, (_, slot) => slotName(slot)));
  const slotIds = places === 'named' && pen.oneIn(2) ? known : undefined;
  return { terms: { promises, places }, slots, slotIds, calls: [], rows: [] };
}

/** What a server that takes one call after the other would have answered, and what it holds in the end. */
function simulated(combination: Combination, pen: Pen): Draft {
  const draft = draftOf(combination, pen);
  const { idempotent, truthfulNoSlot } = combination.promises;
  const lost = new Map<string, { readonly callId: string; took: boolean }>();
  const steps = pen.integer(1, MOST.calls);
  let at = 10;
  for (let step = 0; step < steps; step++) {
    at += pen.integer(0, 2);
    const content = pen.integer(0, MOST.contents - 1);
    const contentId = `content-${content}`;
    const own = idempotent ? draft.rows.find((row) => row.contentId === contentId) : undefined;
    const again = idempotent && pen.oneIn(2) ? lost.get(contentId) : undefined;
    const way = pen.pick(['told', 'told', 'told', 'lost', 'lost and never', 'failed', 'retried'] as const);
    const span: [number, number] = [at - pen.integer(0, 3), at + pen.integer(0, 3)];
    if (way === 'lost') span[1] = span[0] + pen.integer(0, 4);
    const callId = again?.callId ?? `call-${step}`;
    const say = (end: Partial<Call>) => {
      draft.calls.push(ended({ ...callOf(content, span, {}), callId }, end));
    };
    const full = draft.rows.length === draft.slots;
    const refuses = full || (!truthfulNoSlot && pen.oneIn(4));
    const takes = way !== 'failed' && way !== 'lost and never' && own === undefined && !refuses;
    const row = takes ? { contentId, slotId: freeSlot(draft, combination) } : own;
    if (takes && row !== undefined) draft.rows.push(row);
    if (way === 'failed') say({ outcome: 'error', errorCode: 'strategy_failed' });
    else if (way.startsWith('lost')) {
      say({ outcome: 'unknown', errorCode: 'database_unavailable' });
      lost.set(contentId, { callId, took: takes });
    } else if (row === undefined) say({ outcome: 'no_slot' });
    else say(successOf(combination, row, { takes, retried: way === 'retried', again }, pen));
    if (again !== undefined && !way.startsWith('lost')) lost.delete(contentId);
  }
  return draft;
}

/** A call with its end, and what follows from that. */
function ended(call: Call, end: Partial<Call>): Call {
  const { outcome, errorCode, ...rest } = { ...call, ...end };
  const mayHaveHappened = outcome !== 'assigned' && mayHaveHappenedBy({ outcome, errorCode });
  return { ...rest, outcome, errorCode, mayHaveHappened };
}

function freeSlot({ slots, rows }: Draft, { places }: Combination): string | null {
  if (places === 'counted') return null;
  const taken = new Set(rows.map(({ slotId }) => slotId));
  return Array.from({ length: slots }, (_, slot) => slotName(slot)).find((slot) => !taken.has(slot)) ?? null;
}

interface Met {
  readonly takes: boolean;
  readonly retried: boolean;
  readonly again: { readonly took: boolean } | undefined;
}

function successOf(
  { promises, told }: Combination,
  { slotId }: Row,
  { takes, retried, again }: Met,
  pen: Pen,
): Partial<Call> {
  if (!promises.idempotent) return { outcome: pen.pick(['created', 'assigned']), slotId };
  if (!told) return { outcome: 'assigned', slotId };
  const findsItsOwn = again?.took === true || (takes && retried);
  if (findsItsOwn && pen.oneIn(2)) return { outcome: 'created', slotId, recovered: true };
  if (takes && !findsItsOwn) return { outcome: 'created', slotId };
  return { outcome: 'reused', slotId, replyLost: retried };
}

const TOLD: readonly Partial<Call>[] = [
  { outcome: 'created' },
  { outcome: 'created', recovered: true },
  { outcome: 'reused' },
  { outcome: 'reused', replyLost: true },
];
const ASSIGNED: readonly Partial<Call>[] = [{ outcome: 'assigned' }];
const TAKEN: readonly Partial<Call>[] = [{ outcome: 'created' }, { outcome: 'assigned' }];
const OTHERS: readonly Partial<Call>[] = [
  { outcome: 'no_slot' },
  { outcome: 'no_slot' },
  { outcome: 'unknown' },
  { outcome: 'error', errorCode: 'contention_deadline' },
  { outcome: 'error', errorCode: 'strategy_failed' },
];

function anyEnd({ promises, places, told }: Combination, content: number, pen: Pen): Partial<Call> {
  if (pen.oneIn(2)) return pen.pick(OTHERS);
  const successes = !promises.idempotent ? TAKEN : told ? TOLD : ASSIGNED;
  return { ...pen.pick(successes), slotId: places === 'counted' ? null : anySlot(content, pen) };
}

/** Mostly the one that the content would have; seldom one of nobody. */
function anySlot(content: number, pen: Pen): string {
  if (pen.oneIn(12)) return 'slot-of-nobody';
  return slotName(pen.oneIn(4) ? pen.integer(0, MOST.slots - 1) : content % MOST.slots);
}

function anyCall(combination: Combination, pen: Pen): Call {
  const content = pen.integer(0, MOST.contents - 1);
  const start = pen.integer(0, 8);
  const end = anyEnd(combination, content, pen);
  const callId = `call-${content}-${pen.integer(0, 2)}`;
  return ended({ ...callOf(content, [start, start + pen.integer(0, 6)], {}), callId }, end);
}

/** Any calls at all, and rows that go with their answers more often than not. */
function anyObservation(combination: Combination, pen: Pen): Draft {
  const draft = draftOf(combination, pen);
  const calls = pen.integer(1, MOST.calls);
  for (let call = 0; call < calls; call++) draft.calls.push(anyCall(combination, pen));
  for (const { outcome, contentId, slotId } of draft.calls) {
    const isThere = draft.rows.some((row) => row.contentId === contentId);
    if (isThere && combination.promises.idempotent) continue;
    const counted = combination.places === 'counted';
    if (outcome === 'unknown' && pen.oneIn(2)) {
      draft.rows.push({ contentId, slotId: counted ? null : freeSlot(draft, combination) });
    } else if (slotId !== null || (counted && ['created', 'reused', 'assigned'].includes(outcome))) {
      draft.rows.push({ contentId, slotId });
    }
  }
  return draft;
}

function spoil(draft: Draft, combination: Combination, pen: Pen): void {
  const at = pen.integer(0, Math.max(0, draft.calls.length - 1));
  const call = draft.calls[at];
  const rowAt = pen.integer(0, Math.max(0, draft.rows.length - 1));
  const row = draft.rows[rowAt];
  const counted = combination.places === 'counted';
  switch (
    pen.pick(['end', 'gone', 'moved', 'twice', 'row gone', 'row twice', 'row changed', 'row of'] as const)
  ) {
    case 'end': {
      if (call === undefined) return;
      const plain = { slotId: null, recovered: false, replyLost: false, errorCode: null };
      draft.calls[at] = ended({ ...call, ...plain }, anyEnd(combination, contentNumber(call), pen));
      return;
    }
    case 'gone':
      draft.calls.splice(at, 1);
      return;
    case 'moved': {
      if (call === undefined) return;
      const micros = pen.integer(-6, 6);
      const { startMicros, endMicros } = call;
      draft.calls[at] = { ...call, startMicros: startMicros + micros, endMicros: endMicros + micros };
      return;
    }
    case 'twice':
      if (call !== undefined && draft.calls.length < MOST.calls)
        draft.calls.push({ ...call, callId: 'twice' });
      return;
    case 'row gone':
      draft.rows.splice(rowAt, 1);
      return;
    case 'row twice':
      if (row !== undefined) draft.rows.push(row);
      return;
    case 'row changed':
      if (row !== undefined && !counted) draft.rows[rowAt] = { ...row, slotId: anySlot(0, pen) };
      return;
    case 'row of': {
      const contentId = `content-${pen.integer(0, MOST.contents)}`;
      draft.rows.push({
        contentId,
        slotId: counted ? null : (freeSlot(draft, combination) ?? 'slot-of-nobody'),
      });
    }
  }
}

function contentNumber({ contentId }: Call): number {
  return Number(contentId.slice('content-'.length));
}
