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
    kind: 'a reused ended before any call that can have taken the slot started',
    applies: (calls) =>
      contentsOf(calls).some(({ holds, freeUntilMicros }) =>
        holds.some((call) => call.outcome === 'reused' && call.endMicros <= freeUntilMicros),
      ),
    smallest: {
      slots: 1,
      calls: [
        callOf(0, [0, 1], { outcome: 'reused', essayId }),
        callOf(0, [1, 2], { outcome: 'created', essayId }),
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

function contentsOf(calls: readonly Call[]): Content[] {
  return [...new Set(calls.map((call) => call.textStorageId))].map((content) => {
    const own = calls.filter((call) => call.textStorageId === content);
    const holds = own.filter((call) => call.outcome === 'created' || call.outcome === 'reused');
    const noSlots = own.filter((call) => call.outcome === 'no_slot');
    return { holds, noSlots, freeUntilMicros: earliestClaimMicros(own) };
  });
}

/** A `created` names the call that took the slot: itself, or an untold one that it recovers. */
function earliestClaimMicros(calls: readonly Call[]): number {
  const created = calls.find((call) => call.outcome === 'created');
  const untold = calls.filter(isIndefinite);
  const claims =
    created === undefined
      ? [...untold, ...calls.filter((call) => call.replyLost)]
      : [
          created,
          ...untold.filter((call) => created.recovered && call.correlationId === created.correlationId),
        ];
  return Math.min(...claims.map((call) => call.startMicros));
}
