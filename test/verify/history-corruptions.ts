import type { Call } from '#els/domain/call.js';
import { isIndefinite } from '#els/verify/history-index.js';

/** One way to spoil a valid history so that no order of effects explains it. */
export interface HistoryCorruption {
  readonly what: string;
  /** The invariant that must name it. */
  readonly violates: string;
  /** Every way in which it can be done to a history; none where the history has no place for it. */
  readonly ways: (calls: readonly Call[], slots: number) => readonly Spoil[];
}

/** Makes one spoilt history out of a valid one. */
export type Spoil = (calls: readonly Call[]) => readonly Call[];

const created = (call: Call) => call.outcome === 'created';
const reused = (call: Call) => call.outcome === 'reused';
const noSlot = (call: Call) => call.outcome === 'no_slot';
const answered = (call: Call) => created(call) || reused(call);
const mayClaim = (call: Call) => created(call) || isIndefinite(call) || call.replyLost;

function contentOf(call: Call): string {
  return `${call.batchId} ${call.contentId}`;
}

/** The other calls of a call's content. */
function siblings(calls: readonly Call[], call: Call): Call[] {
  return calls.filter((other) => other !== call && contentOf(other) === contentOf(call));
}

function inBatchOf(call: Call): (other: Call) => boolean {
  return (other) => other.batchId === call.batchId;
}

function change(call: Call, to: Partial<Call>): Spoil {
  return (calls) => calls.map((other) => (other === call ? { ...other, ...to } : other));
}

function drop(call: Call): Spoil {
  return (calls) => calls.filter((other) => other !== call);
}

function add(call: Call): Spoil {
  return (calls) => [...calls, call];
}

/** When a batch can have been full at the earliest, not counting the content of one of its calls. */
function fullMicros(calls: readonly Call[], except: Call, slots: number): number {
  const earliest = new Map<string, number>();
  for (const call of calls.filter(inBatchOf(except)).filter(mayClaim)) {
    if (contentOf(call) === contentOf(except)) continue;
    earliest.set(contentOf(call), Math.min(call.startMicros, earliest.get(contentOf(call)) ?? Infinity));
  }
  return [...earliest.values()].sort((a, b) => a - b)[slots - 1] ?? Infinity;
}

export const historyCorruptions: readonly HistoryCorruption[] = [
  {
    what: 'two calls exchange their essays',
    violates: 'one-slot-per-content',
    ways: (calls) =>
      pairs(calls.filter(answered))
        .filter(([one, other]) => contentOf(one) !== contentOf(other) && siblings(calls, one).some(answered))
        .map(([one, other]) => (all: readonly Call[]) => {
          const half = change(one, { slotId: other.slotId })(all);
          return change(other, { slotId: one.slotId })(half);
        }),
  },
  {
    what: 'the call that created is missing',
    violates: 'reused-after-a-claim',
    ways: (calls) =>
      calls
        .filter(created)
        .filter((call) => siblings(calls, call).some(reused) && !siblings(calls, call).some(mayClaim))
        .map(drop),
  },
  {
    what: 'the call that created says reused',
    violates: 'reused-after-a-claim',
    ways: (calls) =>
      calls
        .filter((call) => created(call) && !siblings(calls, call).some(mayClaim))
        .map((call) => change(call, { outcome: 'reused', recovered: false })),
  },
  {
    what: 'a duplicate says created',
    violates: 'one-created-per-content',
    ways: (calls) =>
      calls
        .filter((call) => reused(call) && siblings(calls, call).some(created))
        .map((call) => change(call, { outcome: 'created', replyLost: false })),
  },
  {
    what: 'a content is created once more',
    violates: 'one-created-per-content',
    ways: (calls) => calls.filter(created).map((call) => add({ ...call, callId: 'once more' })),
  },
  {
    what: 'a call names an essay that nobody has',
    violates: 'one-slot-per-content',
    ways: (calls) =>
      calls
        .filter((call) => answered(call) && siblings(calls, call).some(answered))
        .map((call) => change(call, { slotId: 'essay of nobody' })),
  },
  {
    what: 'a call names the essay of another content',
    violates: 'one-content-per-slot',
    ways: (calls) =>
      pairs(calls.filter(answered))
        .filter(([one, other]) => contentOf(one) !== contentOf(other) && inBatchOf(one)(other))
        .map(([one, other]) => add({ ...one, slotId: other.slotId, callId: 'a stranger' })),
  },
  {
    what: 'more contents get a slot than there are',
    violates: 'not-more-than-capacity',
    ways: (calls, slots) =>
      calls
        .filter(noSlot)
        .filter((call) => holders(calls, call) === slots)
        .map((call) => add({ ...call, outcome: 'created', slotId: 'one too many', callId: 'late' })),
  },
  {
    what: 'a reused ended before a call started that can have taken the slot',
    violates: 'reused-after-a-claim',
    ways: (calls) =>
      calls
        .filter((call) => reused(call) && !call.replyLost)
        .map((call) => {
          const claims = siblings(calls, call).filter(mayClaim);
          const endMicros = Math.min(...claims.map((claim) => claim.startMicros)) - 1;
          return change(call, { startMicros: endMicros - 10, endMicros });
        }),
  },
  {
    what: 'a no_slot says reused',
    violates: 'reused-after-a-claim',
    ways: (calls) =>
      calls
        .filter((call) => noSlot(call) && !siblings(calls, call).some(mayClaim))
        .map((call) => change(call, { outcome: 'reused', slotId: 'essay of nobody' })),
  },
  {
    what: 'a no_slot ended before the batch can have been full',
    violates: 'no-false-no-slot',
    ways: (calls, slots) =>
      calls.filter(noSlot).map((call) => {
        const endMicros = fullMicros(calls, call, slots) - 1;
        return change(call, { startMicros: Math.min(call.startMicros, endMicros - 1), endMicros });
      }),
  },
  {
    what: 'a content is told no_slot after it got its slot',
    violates: 'no-false-no-slot',
    ways: (calls) =>
      calls.filter(created).map((call) => {
        const startMicros = call.endMicros;
        const late = { startMicros, endMicros: startMicros + 10_000, callId: 'late' };
        return add({ ...call, ...late, outcome: 'no_slot', slotId: null, recovered: false });
      }),
  },
  {
    what: 'a content that holds one of the slots is missing',
    violates: 'no-false-no-slot',
    ways: (calls) =>
      calls
        .filter((call) => created(call) && calls.filter(inBatchOf(call)).some(noSlot))
        .filter((call) => !calls.filter(inBatchOf(call)).some(isIndefinite))
        .map((call) => (all: readonly Call[]) => all.filter((other) => contentOf(other) !== contentOf(call))),
  },
];

function pairs(calls: readonly Call[]): [Call, Call][] {
  return calls.flatMap((one) => calls.map((other): [Call, Call] => [one, other]));
}

/** How many contents of a batch were told that they have a slot. */
function holders(calls: readonly Call[], of: Call): number {
  return new Set(calls.filter(inBatchOf(of)).filter(answered).map(contentOf)).size;
}
