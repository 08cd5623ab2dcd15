import type { Call } from '#els/domain/call.js';
import { isIndefinite } from '#els/verify/history-index.js';
import { callOf } from './histories.js';

// What the history oracle accepts although no order of effects explains it. A slot is never given back, so a batch
// that was full once stays full.

/** A kind of history that is wrong and not found. */
export interface Gap {
  readonly kind: string;
  /** Whether a history of one batch is wrong for this reason. */
  readonly applies: (calls: readonly Call[], slots: number) => boolean;
  /** The smallest one, and its slots. */
  readonly smallest: { readonly calls: readonly Call[]; readonly slots: number };
}

interface Content {
  /** Calls that said that the content has a slot. */
  readonly holds: readonly Call[];
  readonly noSlots: readonly Call[];
  /** Before this instant it had none. */
  readonly freeUntilMicros: number;
}

const essayId = 'essay';

export const KNOWN_GAPS: readonly Gap[] = [
  {
    kind: 'a reused ended at the instant at which the first claim started',
    applies: (calls) =>
      endedBy(calls, (own) => Math.min(...own.filter(mayClaim).map((call) => call.startMicros))),
    smallest: {
      slots: 1,
      calls: [
        callOf(0, [0, 1], { outcome: 'reused', essayId }),
        callOf(0, [1, 2], { outcome: 'created', essayId }),
      ],
    },
  },
  {
    kind: 'a reused ended before the call started that took the slot itself, after a lost one that did not',
    applies: (calls) => endedBy(calls, earliestClaimMicros),
    smallest: {
      slots: 1,
      calls: [
        callOf(0, [0, 1], { outcome: 'unknown' }),
        callOf(0, [1, 2], { outcome: 'reused', essayId }),
        callOf(0, [3, 4], { outcome: 'created', essayId }),
      ],
    },
  },
  {
    kind: 'a content was told no_slot and has a slot',
    applies: (calls) =>
      contentsOf(calls).some(({ holds, noSlots }) => holds.length > 0 && noSlots.length > 0),
    smallest: {
      slots: 1,
      calls: [
        callOf(0, [0, 2], { outcome: 'created', essayId }),
        callOf(0, [1, 3], { outcome: 'no_slot' }),
        callOf(1, [0, 1], { outcome: 'unknown' }),
      ],
    },
  },
  {
    kind: 'a slot was taken after a no_slot had ended',
    applies: (calls) =>
      contentsOf(calls).some(
        ({ holds, freeUntilMicros }) => holds.length > 0 && fullBy(calls) <= freeUntilMicros,
      ),
    smallest: {
      slots: 1,
      calls: [
        callOf(0, [0, 1], { outcome: 'unknown' }),
        callOf(1, [0, 1], { outcome: 'no_slot' }),
        callOf(2, [1, 2], { outcome: 'created', essayId }),
      ],
    },
  },
  {
    kind: 'a no_slot ended before as many contents as there are slots can have held one',
    applies: (calls, slots) =>
      fullBy(calls) < Infinity &&
      contentsOf(calls).filter(
        ({ noSlots, freeUntilMicros }) => noSlots.length === 0 && freeUntilMicros < fullBy(calls),
      ).length < slots,
    smallest: {
      slots: 1,
      calls: [
        callOf(0, [0, 1], { outcome: 'unknown' }),
        callOf(1, [0, 1], { outcome: 'no_slot' }),
        callOf(2, [1, 2], { outcome: 'unknown' }),
        callOf(0, [1, 3], { outcome: 'no_slot' }),
      ],
    },
  },
];

/** When the batch must have been full. */
function fullBy(calls: readonly Call[]): number {
  return Math.min(...calls.filter((call) => call.outcome === 'no_slot').map((call) => call.endMicros));
}

/** Whether a content was told of its slot, as if it had it for long, no later than an instant. */
function endedBy(calls: readonly Call[], micros: (calls: readonly Call[]) => number): boolean {
  return byContent(calls).some((own) => {
    const reused = own.filter((call) => call.outcome === 'reused');
    return reused.some((call) => call.endMicros <= micros(own));
  });
}

function byContent(calls: readonly Call[]): Call[][] {
  const contents = [...new Set(calls.map((call) => call.textStorageId))];
  return contents.map((content) => calls.filter((call) => call.textStorageId === content));
}

function mayClaim(call: Call): boolean {
  return call.outcome === 'created' || call.replyLost || isIndefinite(call);
}

function contentsOf(calls: readonly Call[]): Content[] {
  return byContent(calls).map((own) => ({
    holds: own.filter((call) => call.outcome === 'created' || call.outcome === 'reused'),
    noSlots: own.filter((call) => call.outcome === 'no_slot'),
    freeUntilMicros: earliestClaimMicros(own),
  }));
}

/** A `created` names the call that took the slot: itself, or an untold one that it recovers. */
function earliestClaimMicros(calls: readonly Call[]): number {
  const created = calls.find((call) => call.outcome === 'created');
  const isOwn = (call: Call) => created?.recovered && call.correlationId === created.correlationId;
  const claims =
    created === undefined
      ? calls.filter(mayClaim)
      : [created, ...calls.filter((call) => isIndefinite(call) && isOwn(call))];
  return Math.min(...claims.map((call) => call.startMicros));
}
