import { describe, expect, it } from 'vitest';
import type { Call } from '#els/domain/call.js';
import { callOf, violatedBy } from './histories.js';
import { BUILT_IN, isExplained } from './reference.js';
import { SUBTLE_HISTORIES } from './subtle-histories.js';

function explain(calls: readonly Call[], slots: number): boolean {
  return isExplained({ ...BUILT_IN, calls, slots });
}

describe.each(SUBTLE_HISTORIES)('that $kind', ({ slots, calls, violates }) => {
  it('is wrong, and found', () => {
    expect(explain(calls, slots)).toBe(false);
    expect(violatedBy(calls, slots)).toContain(violates);
  });
});

describe('the exhaustive search', () => {
  const created = { outcome: 'created', slotId: 'essay' } as const;

  it('lets calls take effect in any order while they overlap, and in that of time where they do not', () => {
    const duplicate = { outcome: 'reused', slotId: 'essay' } as const;
    expect(explain([callOf(0, [0, 9], created), callOf(0, [1, 2], duplicate)], 1)).toBe(true);
    expect(explain([callOf(0, [2, 9], created), callOf(0, [1, 2], duplicate)], 1)).toBe(true);
    expect(explain([callOf(0, [3, 9], created), callOf(0, [1, 2], duplicate)], 1)).toBe(false);
  });

  it('lets a lost call take effect after its end, or never, but not before its start', () => {
    const lost = callOf(0, [3, 4], { outcome: 'unknown' });
    expect(explain([lost], 1)).toBe(true);
    expect(explain([lost, callOf(1, [7, 9], created)], 1)).toBe(true);
    expect(explain([lost, callOf(1, [7, 9], {})], 1)).toBe(true);
    expect(explain([lost, callOf(1, [1, 2], {})], 1)).toBe(false);
  });

  it('lets a delivery that was lost be created when it comes again, and no other one', () => {
    const lost = callOf(0, [0, 1], { outcome: 'unknown', callId: 'same' });
    const found = callOf(0, [0, 9], { outcome: 'reused', slotId: 'essay' });
    const again = callOf(0, [10, 12], { ...created, callId: 'same' });
    expect(explain([lost, found, { ...again, callId: 'other' }], 1)).toBe(false);
    expect(explain([lost, found, again], 1)).toBe(true);
  });
});
