import { describe, expect, it } from 'vitest';
import { CALL_OUTCOMES, contradictionIn, type CallEnd, type CallOutcome } from '#els/domain/call.js';

const NOTHING = {
  ...{ slotId: null, recovered: false, replyLost: false, mayHaveHappened: false },
  ...{ errorCode: null, sqlState: null },
};

/** An end of each outcome in which nothing contradicts itself. */
const SOUND: Readonly<Record<CallOutcome, CallEnd>> = {
  created: { ...NOTHING, outcome: 'created', slotId: 's' },
  reused: { ...NOTHING, outcome: 'reused', slotId: 's' },
  assigned: { ...NOTHING, outcome: 'assigned', slotId: 's' },
  no_slot: { ...NOTHING, outcome: 'no_slot' },
  error: { ...NOTHING, outcome: 'error', errorCode: 'strategy_failed' },
  unknown: { ...NOTHING, outcome: 'unknown', mayHaveHappened: true },
};

/** What each outcome may say besides. */
const MAY: readonly [
  field: keyof CallEnd,
  value: CallEnd[keyof CallEnd],
  outcomes: readonly CallOutcome[],
][] = [
  ['slotId', 's', ['created', 'reused', 'assigned']],
  ['slotId', null, ['no_slot', 'error', 'unknown']],
  ['recovered', true, ['created']],
  ['replyLost', true, ['reused']],
  ['errorCode', 'anything', ['error', 'unknown']],
  ['errorCode', null, ['created', 'reused', 'assigned', 'no_slot', 'unknown']],
  ['sqlState', '23505', ['error', 'unknown']],
  ['mayHaveHappened', true, ['error', 'unknown']],
  ['mayHaveHappened', false, ['created', 'reused', 'assigned', 'no_slot', 'error']],
];

describe('what a call may say of itself', () => {
  for (const [field, value, allowed] of MAY) {
    it.each(CALL_OUTCOMES)(`${field} ${String(value)} beside %s`, (outcome) => {
      const contradiction = contradictionIn({ ...SOUND[outcome], [field]: value }, 'named');
      if (allowed.includes(outcome)) expect(contradiction).toBeUndefined();
      else expect(contradiction).toMatch(new RegExp(`^${outcome}.*${field}`));
    });
  }

  it.each(CALL_OUTCOMES)('names no slot where places are counted: %s', (outcome) => {
    expect(contradictionIn({ ...SOUND[outcome], slotId: null }, 'counted')).toBeUndefined();
    expect(contradictionIn({ ...SOUND[outcome], slotId: 's' }, 'counted')).toContain('with a slotId');
  });
});
