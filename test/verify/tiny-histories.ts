import fc from 'fast-check';
import type { Call } from '#els/domain/call.js';
import { callOf } from './histories.js';
import { validHistories, type Simulated } from './simulated.js';

// Histories of one batch that are small enough for an exhaustive search: at most 3 slots, 4 contents and 7 calls.

export const TINY = { batches: 1, slots: 3, contents: 4, deliveries: 7 };

const ENDS: readonly Partial<Call>[] = [
  { outcome: 'created' },
  { outcome: 'created', recovered: true },
  { outcome: 'reused' },
  { outcome: 'reused', replyLost: true },
  { outcome: 'no_slot' },
  { outcome: 'unknown' },
  { outcome: 'error', errorCode: 'contention_deadline' },
  { outcome: 'error', errorCode: 'strategy_failed' },
];
const LAST_MICROS = 8;

/** Any call at all. One essay in six is another content's; few correlation ids, so that some are used twice. */
const anyCalls: fc.Arbitrary<Call> = fc
  .record({
    content: fc.nat(TINY.contents - 1),
    startMicros: fc.nat(LAST_MICROS),
    micros: fc.integer({ min: 1, max: LAST_MICROS }),
    end: fc.constantFrom(...ENDS),
    strays: fc.nat(5),
    call: fc.nat(2),
  })
  .map(({ content, startMicros, micros, end, strays, call }) => {
    const callId = `call-${content}-${call}`;
    const named = end.outcome === 'created' || end.outcome === 'reused';
    const slotId = named ? `essay-0-${strays === 5 ? content + 1 : content}` : null;
    const common = { batchId: 'batch-0', callId, slotId };
    return callOf(content, [startMicros, startMicros + micros], { ...end, ...common });
  });

const anyHistories: fc.Arbitrary<Simulated> = fc.record({
  slots: fc.integer({ min: 1, max: TINY.slots }),
  calls: fc.array(anyCalls, { minLength: 1, maxLength: TINY.deliveries }),
});

/** A valid history of which one or two calls are exchanged, left out or come at another time. */
const spoiltHistories: fc.Arbitrary<Simulated> = fc
  .record({
    valid: validHistories(TINY),
    changes: fc.array(
      fc.record({
        position: fc.nat(),
        by: fc.constantFrom('other', 'gone', 'earlier', 'later'),
        other: anyCalls,
      }),
      { minLength: 1, maxLength: 2 },
    ),
  })
  .map(({ valid: { slots, calls }, changes }) => {
    const spoilt = [...calls];
    for (const { position, by, other } of changes) {
      const at = position % Math.max(1, spoilt.length);
      const call = spoilt[at];
      if (call === undefined) break;
      if (by === 'gone') spoilt.splice(at, 1);
      else if (by === 'other')
        spoilt[at] = { ...other, startMicros: call.startMicros, endMicros: call.endMicros };
      else spoilt[at] = shifted(call, by === 'earlier' ? -60 : 60);
    }
    return { slots, calls: spoilt };
  });

function shifted(call: Call, micros: number): Call {
  return { ...call, startMicros: call.startMicros + micros, endMicros: call.endMicros + micros };
}

/** Valid and invalid histories. */
export const tinyHistories = fc.oneof(anyHistories, spoiltHistories);
