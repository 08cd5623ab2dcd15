import type { Call } from '#els/domain/call.js';
import { describe, expect, it } from 'vitest';
import { INVARIANTS } from '#els/verify/invariants.js';
import { callOf } from './histories.js';
import { verifyObservation, violatedIn } from './observed.js';
import { isExplained, type Observation } from './reference.js';

// A wrong system for each invariant, and what excuses it. The smallest run of each.

const slotId = 'slot-0';
const created = (content: number, span: [number, number], slot: string | null = slotId) =>
  callOf(content, span, { outcome: 'created', slotId: slot });
const reused = (content: number, span: [number, number]) =>
  callOf(content, span, { outcome: 'reused', slotId });
const assigned = (content: number, span: [number, number], slot: string | null = slotId): Call => ({
  ...callOf(content, span, { slotId: slot }),
  outcome: 'assigned',
});
const refused = (content: number, span: [number, number]) => callOf(content, span, {});
const lost = (content: number, span: [number, number]) => callOf(content, span, { outcome: 'unknown' });
const failed = (content: number, span: [number, number]) =>
  callOf(content, span, { outcome: 'error', errorCode: 'strategy_failed' });
const row = (content: number, slot: string | null = slotId) => ({
  contentId: `content-${content}`,
  slotId: slot,
});

interface Promised {
  readonly idempotent?: boolean;
  readonly truthfulNoSlot?: boolean;
  readonly places?: 'named' | 'counted';
}
const termsOf = ({ idempotent = true, truthfulNoSlot = true, places = 'named' }: Promised) => ({
  promises: { idempotent, truthfulNoSlot },
  places,
});

interface Planted extends Promised, Omit<Observation, 'terms' | 'slots'> {
  readonly system: string;
  /** One unless said. */
  readonly slots?: number;
  readonly violates: readonly [string, ...string[]];
}

const closing = refused(0, [9, 10]);

const PLANTED: readonly Planted[] = [
  {
    system: 'says created for reused',
    calls: [created(0, [0, 1]), created(0, [2, 3])],
    violates: ['one-created-per-content'],
  },
  {
    system: 'gives a duplicate a second slot',
    slots: 2,
    calls: [assigned(0, [0, 1]), assigned(0, [2, 3], 'slot-1')],
    violates: ['one-slot-per-content'],
  },
  {
    system: 'gives a slot to two contents',
    slots: 2,
    calls: [created(0, [0, 1]), created(1, [2, 3])],
    violates: ['one-content-per-slot'],
  },
  {
    system: 'gives a job of a queue twice',
    idempotent: false,
    slots: 2,
    calls: [created(0, [0, 1]), created(0, [2, 3])],
    violates: ['one-content-per-slot'],
  },
  { system: 'says reused for created', calls: [reused(0, [0, 1])], violates: ['reused-after-a-claim'] },
  {
    system: 'forgets whom it gave a slot, and may refuse',
    truthfulNoSlot: false,
    calls: [created(0, [0, 1]), refused(0, [2, 3])],
    violates: ['no-slot-after-slot'],
  },
  {
    system: 'counts past its capacity',
    places: 'counted',
    calls: [created(0, [0, 1], null), created(1, [2, 3], null)],
    violates: ['not-more-than-capacity'],
  },
  {
    system: 'takes a slot of another batch',
    slotIds: new Set(['slot-1']),
    calls: [created(0, [0, 1])],
    violates: ['slot-of-its-batch'],
  },
  {
    system: 'stores a slot of another batch',
    slotIds: new Set(['slot-1']),
    calls: [lost(0, [0, 1])],
    rows: [row(0)],
    violates: ['slot-of-its-batch'],
  },
  {
    system: 'refuses a content that has its slot',
    calls: [created(0, [0, 1]), refused(0, [2, 3])],
    violates: ['no-false-no-slot'],
  },
  {
    system: 'takes a slot after it was full',
    slots: 2,
    calls: [created(0, [0, 1]), lost(3, [0, 1]), refused(1, [2, 3]), created(2, [4, 5], 'slot-1')],
    violates: ['no-false-no-slot'],
  },
  { system: 'is full before it gave anything', calls: [refused(0, [0, 1])], violates: ['no-false-no-slot'] },
  {
    system: 'never gives anything',
    truthfulNoSlot: false,
    calls: [refused(0, [0, 1]), closing],
    closing: new Set([closing]),
    violates: ['no-slot-when-alone'],
  },
  {
    system: 'stores two contents on one slot',
    slots: 2,
    calls: [lost(0, [0, 1]), lost(1, [0, 1])],
    rows: [row(0), row(1)],
    violates: ['slot-given-once'],
  },
  {
    system: 'lets a duplicate take a place',
    slots: 2,
    places: 'counted',
    calls: [assigned(0, [0, 1], null), assigned(0, [2, 3], null)],
    rows: [row(0, null), row(0, null)],
    violates: ['content-holds-one'],
  },
  {
    system: 'takes two jobs for one call',
    slots: 2,
    idempotent: false,
    calls: [created(0, [0, 1])],
    rows: [row(0), row(0, 'slot-1')],
    violates: ['content-holds-one'],
  },
  {
    system: 'stores more than there is',
    places: 'counted',
    calls: [lost(0, [0, 1]), lost(1, [0, 1])],
    rows: [row(0, null), row(1, null)],
    violates: ['rows-within-capacity'],
  },
  {
    system: 'loses what it acknowledged',
    calls: [created(0, [0, 1])],
    rows: [],
    violates: ['acknowledged-is-stored'],
  },
  {
    system: 'loses one of two places of a content',
    slots: 2,
    idempotent: false,
    places: 'counted',
    calls: [created(0, [0, 1], null), created(0, [2, 3], null)],
    rows: [row(0, null)],
    violates: ['acknowledged-is-stored'],
  },
  { system: 'stores what nobody asked for', calls: [], rows: [row(0)], violates: ['stored-was-asked-for'] },
  {
    system: 'says error and stores all the same',
    calls: [failed(0, [0, 1])],
    rows: [row(0)],
    violates: ['stored-was-asked-for'],
  },
  {
    system: 'stores for a content that it refused',
    calls: [lost(0, [0, 1]), lost(1, [0, 1]), refused(0, [0, 1])],
    rows: [row(0)],
    violates: ['stored-was-asked-for'],
  },
  {
    system: 'leaks a slot of a full batch',
    calls: [lost(0, [0, 1]), refused(1, [2, 3])],
    rows: [],
    violates: ['full-when-told-full'],
  },
  {
    system: 'is full before the only one who has a slot asked for it',
    calls: [lost(0, [0, 1]), refused(1, [2, 3]), lost(2, [4, 5])],
    rows: [row(2)],
    violates: ['full-when-told-full'],
  },
];

describe('catches a system that', () => {
  it.each(PLANTED)('$system', ({ violates, slots = 1, ...planted }) => {
    const observation = { ...planted, slots, terms: termsOf(planted) };
    expect(violatedIn(observation)).toEqual(violates);
    expect(verifyObservation(observation).verdict).toBe('invalid');
    expect(isExplained(observation)).toBe(false);
  });

  it('violates each invariant of the table', () => {
    const names = new Set(PLANTED.map(({ violates: [first] }) => first));
    expect([...names].sort()).toEqual([...new Set(INVARIANTS.map(({ name }) => name))].sort());
  });
});

/** Planted systems by what excuses them. */
const EXCUSES = [
  [
    'calls are missing',
    { incomplete: ['a worker died'] },
    ['reused-after-a-claim', 'no-slot-when-alone', 'stored-was-asked-for'],
  ],
  [
    'nothing must last',
    { durable: false },
    [
      ...['one-created-per-content', 'one-slot-per-content', 'one-content-per-slot', 'no-slot-after-slot'],
      ...['not-more-than-capacity', 'no-false-no-slot', 'no-slot-when-alone', 'acknowledged-is-stored'],
      'full-when-told-full',
    ],
  ],
  [
    'a call may still take effect',
    { notQuiet: 'a backend is left' },
    ['no-slot-when-alone', 'stored-was-asked-for', 'full-when-told-full'],
  ],
] as const;

describe.each(EXCUSES)('where %s', (_, circumstances, excused) => {
  it.each(PLANTED)('a system that $system', ({ violates, slots = 1, ...planted }) => {
    const observation = { ...planted, slots, terms: termsOf(planted) };
    const { verdict } = verifyObservation(observation, circumstances);
    const [name] = violates;
    const isExcused =
      (excused as readonly string[]).includes(name) || EXCUSED_FORMS[planted.system]?.includes(_) === true;
    expect(verdict).toBe(isExcused ? 'unknown' : 'invalid');
  });
});

/** Of invariants that have several forms, those with an excuse of their own. */
const EXCUSED_FORMS: Readonly<Record<string, readonly string[]>> = {
  'stores for a content that it refused': ['nothing must last'],
  'takes a slot after it was full': ['calls are missing'],
  'is full before it gave anything': ['calls are missing'],
  'takes two jobs for one call': ['calls are missing'],
  'is full before the only one who has a slot asked for it': ['calls are missing'],
};

describe('what is not asked', () => {
  const reasonsOf = (promised: Promised, calls: readonly Call[]) =>
    Object.fromEntries(
      verifyObservation({ terms: termsOf(promised), slots: 9, calls, rows: [] }).notAsked.map(
        ({ name, reason }) => [name, reason],
      ),
    );

  it('is listed with the reason', () => {
    expect(Object.keys(reasonsOf({}, []))).toEqual([
      'no-slot-after-slot',
      'slot-of-its-batch',
      'no-slot-when-alone',
    ]);
    const counted = reasonsOf({ idempotent: false, truthfulNoSlot: false, places: 'counted' }, []);
    expect(counted['slot-given-once']).toBe('the target counts places and names no slot');
    expect(counted['one-created-per-content']).toMatch(
      /^the target does not promise that a content holds one/,
    );
    expect(counted['no-false-no-slot']).toBe('the target may say no_slot while rivals are at work');
    expect(reasonsOf({}, [assigned(0, [0, 1])])['reused-after-a-claim']).toMatch(
      /^some successes say assigned/,
    );
  });

  it('of the database is listed where only the history is asked', () => {
    const { notAsked } = verifyObservation({ terms: termsOf({}), slots: 1, calls: [] });
    expect(notAsked).toContainEqual({
      name: 'acknowledged-is-stored',
      reason: 'the assignments in the database were not read',
    });
  });
});

describe('after a failover', () => {
  const lostCommit = {
    ...{ terms: termsOf({}), slots: 1, calls: [created(0, [0, 1]), created(1, [2, 3])] },
    rows: [row(1)],
  };
  const failover = { durable: false, failedOver: true };

  it('what is gone decides, and what follows from it is not asked', () => {
    const { verdict, invariants, notAsked } = verifyObservation(lostCommit, failover);
    expect(verdict).toBe('invalid');
    expect(invariants.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual([
      'acknowledged-is-stored',
    ]);
    expect(notAsked).toContainEqual({ name: 'one-content-per-slot', reason: 'it follows from lost commits' });
  });

  it('nothing is excused where all is there', () => {
    const { verdict } = verifyObservation({ ...lostCommit, calls: [created(1, [2, 3])] }, failover);
    expect(verdict).toBe('valid');
  });
});

describe('an audit', () => {
  const auditOf = (rows: readonly Record<string, string>[]) => [
    { name: 'paid-or-free', mayBeHalfDone: true, needsCommits: false, rows },
  ];
  const open = { terms: termsOf({}), slots: 9, calls: [lost(0, [0, 1]), created(1, [0, 1])], rows: [row(1)] };
  const verdictOf = (rows: readonly Record<string, string>[]) =>
    verifyObservation(open, {}, auditOf(rows)).verdict;

  it('excuses what an open content left, and nothing else', () => {
    expect(verdictOf([{ batchId: 'batch', contentId: 'content-0' }])).toBe('unknown');
    expect(verdictOf([{ batchId: 'batch', contentId: 'content-1' }])).toBe('invalid');
    expect(verdictOf([{ batchId: 'batch' }])).toBe('unknown');
    const closed = { ...open, calls: [created(1, [0, 1])] };
    expect(verifyObservation(closed, {}, auditOf([{ batchId: 'batch' }])).verdict).toBe('invalid');
  });
});

describe('calls that may have happened', () => {
  const calls = [lost(0, [0, 1]), lost(1, [0, 1]), created(2, [0, 1])];

  it('leave a run unknown where their contents could be delivered again', () => {
    const { verdict } = verifyObservation({ terms: termsOf({}), slots: 9, calls, rows: [row(2)] });
    expect(verdict).toBe('unknown');
  });

  it('are counted where they could not', () => {
    const terms = termsOf({ idempotent: false });
    const { verdict, notes } = verifyObservation({
      terms,
      slots: 9,
      calls,
      rows: [row(2), row(0, 'slot-1')],
    });
    expect(verdict).toBe('valid');
    expect(notes).toEqual(['calls that may have happened: 2; found in the database: 1']);
  });
});
