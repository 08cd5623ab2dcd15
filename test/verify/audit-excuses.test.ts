import { describe, expect, it } from 'vitest';
import type { Call } from '#els/domain/call.js';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import type { Witness } from '#els/domain/run-result.js';
import { verifyEvidence } from '#els/verify/verify-run.js';
import { callOf } from './histories.js';
import { UNDISTURBED } from './observed.js';

// What a call that was cut off left half done is no proof: whatever form the row has in which an audit names it.

/** A run of two batches in which content 1 of the second one is open, and the others are not. */
const CALLS: readonly Call[] = [
  callOf(0, [0, 1], { outcome: 'created', slotId: '7' }),
  { ...callOf(1, [0, 1], { outcome: 'unknown' }), batchId: '12', contentId: '34' },
  { ...callOf(2, [0, 1], { outcome: 'created', slotId: '8' }), batchId: '12', contentId: '35' },
];

function verdictOf(row: Witness, calls = CALLS): string {
  const run = { terms: BUILT_IN_TERMS, batchIds: ['batch', '12'], slotsOf: () => 9, calls, startMicros: 0 };
  const audits = [{ name: 'whole', mayBeHalfDone: true, needsCommits: false, rows: [row] }];
  return verifyEvidence({ ...run, ...UNDISTURBED }, undefined, audits).verdict;
}

describe('a row of an audit proves nothing', () => {
  it.each<[string, Witness]>([
    ['its batch and an open content', { batchId: '12', contentId: '34' }],
    ['an open content without its batch', { contentId: '34' }],
    ['an open content as a number', { batchId: '12', contentId: 34 }],
    ['a batch and an open content as numbers', { batchId: 12, contentId: 34 }],
    ['an open content alone, as a number', { contentId: 34 }],
    ['an open content, and its batch by another key', { batchId: 'key 5', contentId: '34' }],
    ['a content by another key', { contentId: 'key 6' }],
    ['no content', { amount: 5 }],
  ])('where it names %s', (_, row) => {
    expect(verdictOf(row)).toBe('unknown');
  });
});

describe('a row of an audit is a proof', () => {
  it.each<[string, Witness]>([
    ['a content that is not open', { batchId: '12', contentId: '35' }],
    ['a content that is not open, without its batch', { contentId: 35 }],
    ['a content of a batch in which nobody asked for it', { batchId: '12', contentId: 'nobody' }],
    ['an open content in another batch than that in which it is open', { batchId: 'batch', contentId: '34' }],
  ])('where it names %s', (_, row) => {
    expect(verdictOf(row)).toBe('invalid');
  });

  it('where it names no content, and none is open', () => {
    const settled = CALLS.filter(({ contentId }) => contentId !== '34');
    expect(verdictOf({ amount: 5 }, settled)).toBe('invalid');
    expect(verdictOf({ contentId: 'key 6' }, settled)).toBe('invalid');
  });
});
