import fc from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import type { Call } from '#els/domain/call.js';
import { violatedBy } from './histories.js';
import { historyCorruptions, type HistoryCorruption } from './history-corruptions.js';
import { BUILT_IN, isExplained } from './reference.js';
import { validHistories, type Limits } from './simulated.js';
import { draws } from '../support/effort.js';

const LARGE = { batches: 4, slots: 6, contents: 20, deliveries: 80 };
const SMALL = { batches: 2, slots: 3, contents: 6, deliveries: 16 };
/** Small enough for an exhaustive search. */
const TINY = { batches: 1, slots: 3, contents: 4, deliveries: 7 };

interface Spoilt {
  readonly calls: readonly Call[];
  readonly slots: number;
}

/** Histories that were valid before one corruption. Where there is no place for it the run is not counted. */
function spoiltHistories({ ways }: HistoryCorruption, limits: Limits): fc.Arbitrary<Spoilt> {
  return fc
    .record({ history: validHistories(limits), choice: fc.nat() })
    .map(({ history: { calls, slots }, choice }) => {
      const possible = ways(calls, slots);
      const spoil = possible[choice % Math.max(1, possible.length)];
      return { calls: spoil?.(calls) ?? [], slots };
    })
    .filter(({ calls }) => calls.length > 0);
}

describe('the history oracle accepts', () => {
  it('every valid history', () => {
    fc.assert(
      fc.property(validHistories(LARGE), ({ calls, slots }) => {
        expect(violatedBy(calls, slots)).toEqual([]);
      }),
      { numRuns: draws(400, 2_000) },
    );
  });

  it('the calls in whatever order it gets them', () => {
    const shuffled = validHistories(SMALL).chain(({ calls, slots }) =>
      fc.record({
        slots: fc.constant(slots),
        calls: fc.shuffledSubarray([...calls], { minLength: calls.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ calls, slots }) => {
        expect(violatedBy(calls, slots)).toEqual([]);
      }),
    );
  });
});

it('every history that is drawn as valid is explained by some order', () => {
  fc.assert(
    fc.property(validHistories(TINY), ({ calls, slots }) => {
      expect(isExplained({ ...BUILT_IN, calls, slots })).toBe(true);
    }),
    { numRuns: draws(200, 1_000) },
  );
});

describe.each(historyCorruptions)('when $what', (corruption) => {
  it(`the history oracle names ${corruption.violates}`, () => {
    fc.assert(
      fc.property(spoiltHistories(corruption, SMALL), ({ calls, slots }) => {
        expect(violatedBy(calls, slots)).toContain(corruption.violates);
      }),
      { numRuns: draws(50, 200) },
    );
  });
});

it.each(historyCorruptions)('no order explains a history when $what', (corruption) => {
  fc.assert(
    fc.property(spoiltHistories(corruption, TINY), ({ calls, slots }) => {
      expect(isExplained({ ...BUILT_IN, calls, slots })).toBe(false);
    }),
    { numRuns: draws(20, 50) },
  );
});
