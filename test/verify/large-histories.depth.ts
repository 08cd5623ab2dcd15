import { describe, expect, it } from 'vitest';
import type { Call } from '#els/domain/call.js';
import { times } from '../support/draws.js';
import { callOf, violatedBy } from './histories.js';

// More calls than a call stack has room for, in every list that a check may spread or recurse over.

const CALLS = 300_000;
const slotId = 'essay';

function ofOneContent(end: Partial<Call>): Call[] {
  return times(CALLS, (position) => callOf(0, [position, position + 10], end));
}

function ofManyContents(end: (content: number) => Partial<Call>): Call[] {
  return times(CALLS, (content) => callOf(content, [content, content + 10], end(content)));
}

describe('the history oracle checks 300,000 calls', () => {
  it('of one content, reused all the time', () => {
    const [first, ...others] = ofOneContent({ outcome: 'reused', slotId });
    const calls = [{ ...(first as Call), outcome: 'created' as const }, ...others];
    expect(violatedBy(calls, 1)).toEqual([]);
  });

  it('of one content, created every time', () => {
    expect(violatedBy(ofOneContent({ outcome: 'created', slotId }), 1)).toEqual(['one-created-per-content']);
  });

  it('of one content, reused under an essay that nobody created', () => {
    const calls = ofOneContent({ outcome: 'reused', slotId });
    expect(violatedBy(calls, 1)).toEqual(['reused-after-a-claim']);
  });

  it('of one content, none of them answered', () => {
    expect(violatedBy(ofOneContent({ outcome: 'unknown' }), 1)).toEqual([]);
  });

  it('of as many contents, all with a slot', () => {
    const calls = ofManyContents((content) => ({ outcome: 'created', slotId: `essay-${content}` }));
    expect(violatedBy(calls, CALLS)).toEqual([]);
  });

  it('of as many contents, all with the same essay', () => {
    const calls = ofManyContents(() => ({ outcome: 'created', slotId }));
    expect(violatedBy(calls, CALLS)).toEqual(['one-content-per-slot']);
  });

  it('of as many contents, none with a slot', () => {
    const calls = ofManyContents(() => ({}));
    expect(violatedBy(calls, 1)).toEqual(['no-false-no-slot']);
  });
});
