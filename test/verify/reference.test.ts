import fc from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import { callOf, violatedBy } from './histories.js';
import { explain } from './reference.js';
import { SUBTLE_HISTORIES } from './subtle-histories.js';
import { tinyHistories } from './tiny-histories.js';

// The history oracle against an exhaustive search for an order of effects that explains what the callers were told.

const RUNS = { numRuns: 5_000 };

describe('the history oracle', () => {
  it('rejects no history that some order explains', () => {
    fc.assert(
      fc.property(tinyHistories, ({ calls, slots }) => {
        const explained = explain(calls, slots);
        fc.pre(explained !== 'no');
        const allowed = explained === 'unfinished' ? ['created-count'] : [];
        expect(allowed).toEqual(expect.arrayContaining(violatedBy(calls, slots)));
      }),
      RUNS,
    );
  });

  it('accepts only what an order explains that leaves no slot free', () => {
    fc.assert(
      fc.property(tinyHistories, ({ calls, slots }) => {
        fc.pre(violatedBy(calls, slots).length === 0);
        expect(explain(calls, slots)).toBe('yes');
      }),
      RUNS,
    );
  });
});

describe.each(SUBTLE_HISTORIES)('that $kind', ({ slots, calls, violates }) => {
  it('is wrong, and found', () => {
    expect(explain(calls, slots)).toBe('no');
    expect(violatedBy(calls, slots)).toContain(violates);
  });
});

describe('the exhaustive search', () => {
  const created = { outcome: 'created', slotId: 'essay' } as const;

  it('lets calls take effect in any order while they overlap, and in that of time where they do not', () => {
    const duplicate = { outcome: 'reused', slotId: 'essay' } as const;
    expect(explain([callOf(0, [0, 9], created), callOf(0, [1, 2], duplicate)], 1)).toBe('yes');
    expect(explain([callOf(0, [2, 9], created), callOf(0, [1, 2], duplicate)], 1)).toBe('no');
  });

  it('lets a lost call take effect after its end, or never, but not before its start', () => {
    const lost = callOf(0, [3, 4], { outcome: 'unknown' });
    expect(explain([lost], 1)).toBe('yes');
    expect(explain([lost, callOf(1, [7, 9], created)], 1)).toBe('yes');
    expect(explain([lost, callOf(1, [7, 9], {})], 1)).toBe('yes');
    expect(explain([lost, callOf(1, [1, 3], {})], 1)).toBe('no');
  });

  it('tells a recovered call from a second created', () => {
    const lost = callOf(0, [0, 1], { outcome: 'unknown', callId: 'same' });
    const found = callOf(0, [0, 9], { outcome: 'reused', slotId: 'essay' });
    const again = callOf(0, [9, 12], { ...created, callId: 'same' });
    expect(explain([lost, found, again], 1)).toBe('no');
    expect(explain([lost, found, { ...again, recovered: true }], 1)).toBe('yes');
  });

  it('sees a slot that a refused content should have got', () => {
    const failed = callOf(0, [0, 1], { outcome: 'error', errorCode: 'strategy_failed' });
    expect(explain([failed], 1)).toBe('unfinished');
    expect(explain([failed, callOf(1, [0, 1], created)], 1)).toBe('yes');
  });
});
