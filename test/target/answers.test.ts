import { describe, expect, it } from 'vitest';
import { readAnswer, slotIdText, type AnswerTerms } from '#els/target/answers.js';

const TERMS: readonly AnswerTerms[] = [true, false].flatMap((idempotent) =>
  (['named', 'counted'] as const).map((places) => ({ idempotent, places })),
);
const NAMED: AnswerTerms = { idempotent: true, places: 'named' };
const COUNTED: AnswerTerms = { idempotent: true, places: 'counted' };
const SUCCESSES = ['created', 'reused', 'assigned'] as const;

function complaintAbout(given: unknown, terms: AnswerTerms): string {
  const read = readAnswer(given, terms);
  if (!('malformed' in read)) throw new Error(`it fits: ${JSON.stringify(read)}`);
  return read.malformed;
}

/** A JSON.stringify that fails. */
function circular(): object {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

describe.each(TERMS)('idempotent $idempotent, places $places', (terms) => {
  const { idempotent, places } = terms;

  it.each(SUCCESSES)('reads %s where it is promised', (outcome) => {
    const given = places === 'named' ? { outcome, slotId: 'A1' } : { outcome };
    const slotId = places === 'named' ? 'A1' : null;
    if (outcome === 'reused' && !idempotent) {
      expect(complaintAbout(given, terms)).toBe(
        'is reused, of a target that does not promise to be idempotent',
      );
    } else {
      expect(readAnswer(given, terms)).toEqual({ outcome, slotId });
    }
  });

  it.each(['no_slot', 'busy'] as const)('reads %s', (outcome) => {
    expect(readAnswer({ outcome }, terms)).toEqual({ outcome });
    expect(readAnswer({ outcome, slotId: null }, terms)).toEqual({ outcome });
  });

  it('reads an error, with a message or without', () => {
    const refused = { outcome: 'error', code: 'closed', message: 'the sale is over' };
    expect(readAnswer(refused, terms)).toEqual(refused);
    expect(readAnswer({ outcome: 'error', code: 'x' }, terms)).toEqual({
      outcome: 'error',
      code: 'x',
      message: undefined,
    });
  });

  it.each(['no_slot', 'busy', 'error'])('refuses %s that names a slot', (outcome) => {
    expect(complaintAbout({ outcome, code: 'closed', slotId: 'A1' }, terms)).toBe(
      `is ${outcome} with the slotId "A1"; accepted: none`,
    );
  });

  it.each([
    [undefined, 'is undefined, no object'],
    [null, 'is null, no object'],
    ['created', 'is "created", no object'],
    [7, 'is 7, no object'],
    [() => 1, 'is a function, no object'],
  ])('refuses %s, which is no object', (given, complaint) => {
    expect(complaintAbout(given, terms)).toBe(complaint);
  });

  it.each([
    [{}, 'undefined'],
    [[], 'undefined'],
    [{ outcome: null }, 'null'],
    [{ outcome: 'taken' }, '"taken"'],
    [{ outcome: 'Created', slotId: 1 }, '"Created"'],
    [{ outcome: 'unknown' }, '"unknown"'],
    [{ outcome: 3 }, '3'],
    [{ outcome: Symbol('created') }, 'Symbol(created)'],
    [{ outcome: { outcome: 'created' } }, '{"outcome":"created"}'],
    [{ outcome: ['created'] }, '["created"]'],
    [{ outcome: circular() }, 'an object that is no JSON'],
  ])('refuses the outcome of %o', (given, shown) => {
    expect(complaintAbout(given, terms)).toBe(
      `has the outcome ${shown}; accepted are created, reused, assigned, no_slot, busy, error`,
    );
  });

  it.each([[undefined], [null], [''], [23505], ['x'.repeat(33)], [{}]])('refuses the code %o', (code) => {
    expect(complaintAbout({ outcome: 'error', code }, terms)).toMatch(
      /^is an error with the code .*; accepted: 1 to 32 printable characters$/,
    );
  });

  it('takes a code of 32 characters', () => {
    const code = 'x'.repeat(32);
    expect(readAnswer({ outcome: 'error', code }, terms)).toMatchObject({ outcome: 'error', code });
  });

  it.each([[7], [{}], [null]])('leaves out the message %o', (message) => {
    expect(readAnswer({ outcome: 'error', code: 'x', message }, terms)).toEqual({
      outcome: 'error',
      code: 'x',
      message: undefined,
    });
  });
});

const IDS = [
  ['A1', 'A1'],
  [' ', ' '],
  ['x'.repeat(2_704), 'x'.repeat(2_704)],
  [0, '0'],
  [-0, '0'],
  [-3, '-3'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [2n ** 63n - 1n, '9223372036854775807'],
] as const;

const NO_IDS = [
  undefined,
  null,
  '',
  'x'.repeat(2_705),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1.5,
  Number.MAX_SAFE_INTEGER + 1,
  true,
  {},
  { id: 'A1' },
  ['A1'],
  Symbol('A1'),
  () => 'A1',
  Object('A1') as object,
];

describe('where slots are named', () => {
  it.each(IDS)('the id %s is one', (slotId, text) => {
    expect(slotIdText(slotId)).toBe(text);
    expect(readAnswer({ outcome: 'created', slotId }, NAMED)).toEqual({ outcome: 'created', slotId: text });
  });

  it('tells apart the number 1 and the text 01, and not 1 and the text 1', () => {
    expect(slotIdText(1)).toBe(slotIdText('1'));
    expect(slotIdText('01')).not.toBe(slotIdText(1));
  });

  it.each(NO_IDS.map((slotId) => [slotId]))('the id %o is none', (slotId) => {
    expect(slotIdText(slotId)).toBeUndefined();
    for (const outcome of SUCCESSES) {
      const accepted = 'accepted: a text of 1 to 2704 characters, or a safe integer';
      const complaint = complaintAbout({ outcome, slotId }, NAMED);
      expect(complaint.startsWith(`is ${outcome} with the slotId `)).toBe(true);
      expect(complaint.endsWith(`; ${accepted}`)).toBe(true);
    }
  });

  it('shows no more of an id than fits a line', () => {
    const complaint = complaintAbout({ outcome: 'created', slotId: 'x'.repeat(100_000) }, NAMED);
    expect(complaint.length).toBeLessThan(200);
    expect(complaintAbout({ outcome: 'created', slotId: ['a\nb'] }, NAMED)).not.toContain('\n');
    const lines = () => {
      return 'a function of several lines';
    };
    expect(complaintAbout({ outcome: 'created', slotId: lines }, NAMED)).not.toContain('\n');
  });
});

describe('where places are counted', () => {
  it.each(SUCCESSES)('%s names none', (outcome) => {
    expect(readAnswer({ outcome }, COUNTED)).toEqual({ outcome, slotId: null });
    expect(readAnswer({ outcome, slotId: undefined }, COUNTED)).toEqual({ outcome, slotId: null });
    expect(readAnswer({ outcome, slotId: null }, COUNTED)).toEqual({ outcome, slotId: null });
  });

  it.each([['A1'], [''], [0], [1n], [{}]])('%o is refused', (slotId) => {
    expect(complaintAbout({ outcome: 'created', slotId }, COUNTED)).toMatch(
      /^is created with the slotId .*, where places are counted$/,
    );
  });
});
