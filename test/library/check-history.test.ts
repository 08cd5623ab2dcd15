import { describe, expect, it } from 'vitest';
import { assertValid, checkHistory, UsageError, type HistoryCall } from '#els/index.js';

/** A call on batch `event` that took from one moment to another. */
const call = (
  contentId: string,
  [startMicros, endMicros]: [number, number],
  outcome: HistoryCall['outcome'],
  more: Partial<HistoryCall> = {},
): HistoryCall => ({ batchId: 'event', contentId, startMicros, endMicros, outcome, ...more });

const violatedBy = (calls: readonly HistoryCall[], terms: Parameters<typeof checkHistory>[1]) =>
  checkHistory(calls, terms)
    .invariants.filter(({ passed }) => !passed)
    .map(({ name }) => name);

describe('checkHistory', () => {
  const right = [
    call('ann', [0, 10], 'created', { slotId: 'A1' }),
    call('ann', [5, 20], 'reused', { slotId: 'A1' }),
    call('bob', [12, 30], 'no_slot'),
  ];

  it('says of a right history that it is valid, and what it was asked', () => {
    const { verdict, invariants, notAsked } = checkHistory(right, { slots: 1 });
    expect(verdict).toBe('valid');
    expect(invariants.map(({ name }) => name)).toContain('one-content-per-slot');
    expect(notAsked.map(({ name }) => name)).toContain('acknowledged-is-stored');
    expect(() => assertValid(checkHistory(right, { slots: { event: 1 } }))).not.toThrow();
  });

  it('finds a slot that was given twice, with the calls in the message of assertValid', () => {
    const calls = [...right, call('cid', [3, 9], 'created', { slotId: 'A1', worker: 1 })];
    const history = checkHistory(calls, { slots: 1 });
    expect(history.verdict).toBe('invalid');
    expect(() => assertValid(history)).toThrow(
      /✗ one-content-per-slot is violated\n.*worker 1: ann → created A1/,
    );
    expect(() => assertValid(history)).toThrow(/worker 2: cid → created A1/);
  });

  it('asks what was promised, and nothing else', () => {
    const early = [call('bob', [0, 1], 'no_slot'), call('ann', [5, 10], 'created', { slotId: 'A1' })];
    expect(violatedBy(early, { slots: 1 })).toEqual(['no-false-no-slot']);
    expect(violatedBy(early, { slots: 1, promises: { truthfulNoSlot: false } })).toEqual([]);
    const again = [
      call('ann', [0, 1], 'created', { slotId: 'A1' }),
      call('ann', [2, 3], 'created', { slotId: 'A2' }),
    ];
    expect(violatedBy(again, { slots: 2 })).toEqual(['one-created-per-content', 'one-slot-per-content']);
    expect(violatedBy(again, { slots: 2, promises: { idempotent: false } })).toEqual([]);
  });

  it('does not ask whether a slot is given to who asks alone, for nothing tells who does', () => {
    const calls = [call('bob', [0, 1], 'no_slot')];
    const { invariants, notAsked } = checkHistory(calls, { slots: 1, promises: { truthfulNoSlot: false } });
    expect(invariants.map(({ name }) => name)).not.toContain('no-slot-when-alone');
    expect(notAsked).toContainEqual({
      name: 'no-slot-when-alone',
      reason: expect.stringContaining('is not known') as string,
    });
  });

  it('takes a created of a redelivery for what the lost call of the same delivery did', () => {
    const lost = call('ann', [0, 10], 'unknown', { callId: 'd1' });
    const full = call('bob', [20, 30], 'no_slot');
    const again = call('ann', [40, 50], 'created', { slotId: 'A1', callId: 'd1' });
    expect(violatedBy([lost, full, again], { slots: 1 })).toEqual([]);
    expect(violatedBy([lost, full, { ...again, callId: 'd2' }], { slots: 1 })).toEqual(['no-false-no-slot']);
  });

  it('counts places where slots have no names', () => {
    const places = ['ann', 'bob'].map((content) => call(content, [0, 9], 'created'));
    expect(violatedBy(places, { slots: 2, places: 'counted' })).toEqual([]);
    expect(violatedBy(places, { slots: 1, places: 'counted' })).toEqual(['not-more-than-capacity']);
  });

  it('shows the claims around the end of what there is where more is given', () => {
    const calls = [30, 10, 20].map((end) => call(`ends at ${end}`, [0, end], 'created'));
    const { invariants } = checkHistory(calls, { slots: 1, places: 'counted' });
    const violated = invariants.find(({ name }) => name === 'not-more-than-capacity');
    expect(violated?.timeline).toMatchObject([{ content: 'ends at 10' }, { content: 'ends at 20' }]);
  });

  it.each<[string, unknown, unknown, string]>([
    ['no list', undefined, { slots: 1 }, 'the calls are no list'],
    ['no slots', right, {}, 'slots of batch "event": missing; accepted: a whole number'],
    ['no terms', right, undefined, 'slots of batch "event": missing; accepted: a whole number'],
    [
      'another outcome',
      [call('ann', [0, 1], 'full' as 'created')],
      { slots: 1 },
      'outcome is "full"; accepted: created',
    ],
  ])('refuses %s', (_, calls, terms, problem) => {
    const check = () => checkHistory(calls as HistoryCall[], terms as { slots: number });
    expect(check).toThrow(UsageError);
    expect(check).toThrow(problem);
  });

  it('says of no call that nothing was checked', () => {
    expect(checkHistory([], { slots: 1 })).toMatchObject({
      verdict: 'unknown',
      notes: ['no call was given: nothing was checked'],
    });
  });

  it('takes an error for one that did nothing, unless it says so, and fails on what cannot be told', () => {
    const lost = [call('ann', [0, 9], 'unknown')];
    expect(checkHistory(lost, { slots: 1 }).verdict).toBe('unknown');
    expect(() => assertValid(checkHistory(lost, { slots: 1 }))).toThrow(
      'contents without a definite answer: 1',
    );
    const full = call('bob', [3, 5], 'no_slot');
    const failed = call('ann', [0, 9], 'error', { errorCode: 'shut' });
    expect(violatedBy([failed, full], { slots: 1 })).toEqual(['no-false-no-slot']);
    expect(violatedBy([{ ...failed, mayHaveHappened: true }, full], { slots: 1 })).toEqual([]);
  });

  it.each([
    [call('ann', [0, 1], 'created'), 'call "0" (position 0): created without a slotId'],
    [call('ann', [2, 1], 'no_slot'), 'endMicros is before startMicros'],
    [call('ann', [NaN, 1], 'no_slot'), 'must be numbers'],
    [call('ann', [0, 1], 'no_slot', { batchId: 'other' }), 'slots of batch "other": missing'],
  ])('refuses a call that contradicts itself: %o', (wrong, says) => {
    const refused = () => checkHistory([wrong], { slots: { event: 1 } });
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(says);
  });
});
