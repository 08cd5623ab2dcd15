import { describe, expect, it } from 'vitest';
import { nowMicros } from '#els/base/clock.js';
import { Ledger } from '#els/runner/ledger.js';
import { PROTOCOL_VERSION, type CallChunk, type WorkerJob } from '#els/runner/messages.js';
import { Misconduct, readMessage } from '#els/runner/read-message.js';
import { workersOf } from '#els/workload/plan.js';
import fc from '../support/fast-check.js';
import { histogramOf, honestMessages } from './honest-messages.js';
import { CONTENTS, loadOfLies } from './load-of-lies.js';
import { draws } from '../support/effort.js';

const { plan } = loadOfLies('none', 2);
const RELEASE = nowMicros();

function worker(workerIndex: number, journal: WorkerJob['journal'] = 'batched') {
  const job = { ...loadOfLies('none', 2), workerIndex, journal } as unknown as WorkerJob;
  const makers = workersOf(plan);
  const ledger = new Ledger(makers, job, RELEASE);
  const [ready, calls, done] = honestMessages(job);
  const hear = (...messages: unknown[]) => messages.forEach((message) => ledger.hear(readMessage(message)));
  return { job, ledger, makers, ready, calls, done, hear };
}

type Columns = { -readonly [Field in keyof CallChunk]: unknown };

/** The honest chunk with its second call told otherwise. */
function told(change: { readonly [Field in keyof Columns]?: unknown }): unknown {
  const { calls } = worker(0);
  const chunk: Columns = { ...calls.chunk };
  for (const [field, value] of Object.entries(change) as [keyof Columns, unknown][]) {
    chunk[field] = field === 'extras' ? value : (chunk[field] as unknown[]).with(1, value);
  }
  return { ...calls, chunk };
}

const EXTRAS = {
  recovered: false,
  replyLost: false,
  mayHaveHappened: false,
  errorCode: null,
  sqlState: null,
};
const LONG = 'x'.repeat(1_000);
/** No word, or none of a bounded length. */
const MALFORMED_CODES = [
  ['that is empty', ''],
  ['of two lines', 'sold\nout'],
  ['with a control character', 'sold\u001b[2J'],
  ['as long as a book', LONG],
] as const;
const NONE = { roundTrips: 0, retriesByCode: {}, warmUpCalls: 0, counts: {} };

const manyNamed = <T>(name: string, value: T) =>
  Object.fromEntries(Array.from({ length: 101 }, (_, position) => [`${name}${position}`, value]));

/** The honest chunk with a second call that failed. */
function failedWith(errorCode: string): unknown {
  const { calls } = worker(0);
  const { chunk } = calls;
  const outcome = chunk.outcome.with(1, 'error');
  const slotId = chunk.slotId.with(1, null);
  return { ...calls, chunk: { ...chunk, outcome, slotId, extras: { 1: { ...EXTRAS, errorCode } } } };
}

const NO_MESSAGE = 'sent no message of the protocol';

describe('accepts', () => {
  it('every worker of a plan, and then no delivery is left', () => {
    const makers = workersOf(plan);
    for (const workerIndex of [0, 1]) {
      const { job, calls, done } = worker(workerIndex);
      const ledger = new Ledger(makers, job, RELEASE);
      expect(ledger.hear(readMessage(calls))).toBe(true);
      ledger.hear(readMessage(done));
    }
    expect(new Set(makers)).toEqual(new Set([255]));
    expect(makers).toHaveLength(CONTENTS);
  });

  it('calls that were started before, with an immediate journal, and knows which are under way', () => {
    const { hear, ledger, calls } = worker(0, 'immediate');
    const { deliveryIndex, startMicros, intendedMicros } = calls.chunk;
    for (const [position, index] of deliveryIndex.entries()) {
      const times = { startMicros: startMicros[position], intendedMicros: intendedMicros[position] };
      hear({ type: 'started', call: { deliveryIndex: index, ...times } });
    }
    expect([...ledger.underWay.keys()]).toEqual(deliveryIndex);
    hear(calls);
    expect(ledger.underWay.size).toBe(0);
  });

  it.each(['sold_out', '40P01', 'TypeError', 'errors.SoldOut', 'http:503'])(
    "the error code %s, which is the target's own",
    (code) => {
      const { hear, done, ledger } = worker(0);
      hear(failedWith(code));
      const counters = { ...NONE, counts: { seatsLookedAt: 3 } };
      const summary = { ...done.summary, errorMessages: { [code]: 'no seat is left' }, counters };
      expect(ledger.hear(readMessage({ ...done, summary }))).toBe(true);
    },
  );

  it('a life in which the target counts more or calls are skipped as getting on', () => {
    const { ledger } = worker(0);
    const told = [
      [0, 0],
      [0, 0],
      [3, 0],
      [3, 0],
      [4, 0],
      [4, 2],
      [4, 2],
    ] as const;
    const lives = told.map(([progress, skipped]) =>
      ledger.hear({ type: 'alive', progress, skipped, unreachableSinceMicros: null }),
    );
    expect(lives).toEqual([false, false, true, false, true, true, false]);
  });
});

describe('refuses', () => {
  const { calls, done } = worker(0);
  const { chunk } = calls;
  const first = { deliveryIndex: chunk.deliveryIndex[0] ?? 0, intendedMicros: 1, startMicros: 1 };

  it.each<[what: string, message: unknown, says: string]>([
    ['null', null, `${NO_MESSAGE} ("the message")`],
    ['a text', 'calls', NO_MESSAGE],
    ['an unknown message', { type: 'nonsense' }, `${NO_MESSAGE} ("type")`],
    ['another version', { type: 'ready', version: PROTOCOL_VERSION + 1 }, 'speaks version'],
    ['no version', { type: 'ready' }, `${NO_MESSAGE} ("version")`],
    ['ready in the middle', { type: 'ready', version: PROTOCOL_VERSION }, 'said ready'],
    [
      'a failure as long as a book',
      { type: 'failed', message: 'x'.repeat(1e6) },
      `${NO_MESSAGE} ("message")`,
    ],
    ['a field too many', { ...calls, more: 1 }, NO_MESSAGE],
    ['a change that tells more than that it was made', { type: 'changed', strategy: 'cte' }, NO_MESSAGE],
    ['a malformed answer as long as a book', { type: 'malformed', message: 'x'.repeat(1e6) }, NO_MESSAGE],
    ['no chunk', { ...calls, chunk: undefined }, `${NO_MESSAGE} ("chunk")`],
    ['no column', { ...calls, chunk: { ...chunk, outcome: undefined } }, `${NO_MESSAGE} ("chunk")`],
    ['a short column', { ...calls, chunk: { ...chunk, slotId: ['e'] } }, `${NO_MESSAGE} ("chunk")`],
    ['a text as a time', told({ startMicros: '1' }), `${NO_MESSAGE} ("chunk")`],
    ['an unknown outcome', told({ outcome: 'perhaps' }), `${NO_MESSAGE} ("chunk")`],
    ['a slot as long as a book', told({ slotId: 'x'.repeat(1e5) }), `${NO_MESSAGE} ("chunk")`],
    ['extras of no call', told({ extras: { 99: EXTRAS } }), `${NO_MESSAGE} ("chunk")`],
    ...MALFORMED_CODES.map(([what, code]): [string, unknown, string] => [
      `a call's error code ${what}`,
      failedWith(code),
      `${NO_MESSAGE} ("chunk")`,
    ]),
    ['calls of another', worker(1).calls, 'is not its own'],
    ['a call twice', told({ deliveryIndex: chunk.deliveryIndex[0] }), 'or was told before'],
    ['a call beyond the plan', told({ deliveryIndex: CONTENTS }), 'is not its own'],
    ['a call before the plan', told({ deliveryIndex: -1 }), 'is not its own'],
    ['half a call', told({ deliveryIndex: 0.5 }), 'is not its own'],
    ['a call before the release', told({ intendedMicros: 1 }), 'impossible times'],
    ['a call of tomorrow', told({ endMicros: nowMicros() + 1e11 }), 'impossible times'],
    ['a call that ends before it starts', told({ endMicros: 1 }), 'impossible times'],
    ['no time', told({ startMicros: NaN }), 'impossible times'],
    ['created without a slot', told({ slotId: null }), 'contradicts itself about the call of delivery'],
    ['no_slot with a slot', told({ outcome: 'no_slot' }), 'no_slot with a slotId'],
    ['an error without a code', told({ outcome: 'error', slotId: null }), 'error without an errorCode'],
    ['unknown that cannot have happened', told({ outcome: 'unknown', slotId: null }), 'contradicts itself'],
    [
      'created with an error',
      told({ extras: { 1: { ...EXTRAS, errorCode: 'unknown_batch' } } }),
      'contradicts',
    ],
    ['created with a lost reply', told({ extras: { 1: { ...EXTRAS, replyLost: true } } }), 'contradicts'],
    ['a start that nobody asked for', { type: 'started', call: first }, 'nobody asked for'],
    ['more than was told', done, 'told 0 calls and sums up 10, 10, 10, 10'],
  ])('%s', (_, message, says) => {
    const { hear } = worker(0);
    expect(() => hear(message)).toThrow(says);
  });

  it.each<[what: string, change: object, says: string]>([
    ['a negative count', { skipped: -1 }, `${NO_MESSAGE} ("summary.skipped")`],
    ['no histogram', { latency: 'HISTFAAA' }, 'sums up undefined, 10, 10, 10'],
    ['a histogram of other calls', { serviceTime: histogramOf(9) }, 'sums up 10, 9, 10, 10'],
    ['a histogram as long as a book', { latency: 'x'.repeat(1e6) }, `${NO_MESSAGE} ("summary.latency")`],
    ['more skipped than were left', { skipped: 1 }, 'skipped more'],
    ...MALFORMED_CODES.map(([what, code]): [string, object, string] => [
      `the message of an error code ${what}`,
      { errorMessages: { [code]: '' } },
      NO_MESSAGE,
    ]),
    ['messages of more errors than a load has', { errorMessages: manyNamed('e', '') }, NO_MESSAGE],
    ['more counts than a target has', { counters: { ...NONE, counts: manyNamed('c', 1) } }, NO_MESSAGE],
    ['a count with a name as long as a book', { counters: { ...NONE, counts: { [LONG]: 1 } } }, NO_MESSAGE],
    ['a count below zero', { counters: { ...NONE, counts: { looks: -1 } } }, NO_MESSAGE],
  ])('%s at the end', (_, change, says) => {
    const honest = worker(0);
    honest.hear(honest.calls);
    const { summary } = honest.done;
    expect(() => honest.hear({ ...honest.done, summary: { ...summary, ...change } })).toThrow(says);
  });

  it('more calls at once than a message tells', () => {
    const column = <T>(value: T) => Array.from({ length: 1_001 }, () => value);
    const long = Object.fromEntries(Object.keys(chunk).map((field) => [field, column(1)]));
    const message = {
      ...calls,
      chunk: { ...long, outcome: column('no_slot'), slotId: column(null), extras: {} },
    };
    expect(() => readMessage(message)).toThrow(`${NO_MESSAGE} ("chunk")`);
  });

  it('with an immediate journal, a call that was not started, a start twice, and an end with calls under way', () => {
    expect(() => worker(0, 'immediate').hear(calls)).toThrow('which it had not started');
    const { hear, done: end } = worker(0, 'immediate');
    const now = nowMicros();
    const started = { type: 'started', call: { ...first, intendedMicros: now, startMicros: now } };
    hear(started);
    expect(() => hear(started)).toThrow('twice');
    const none = { latency: histogramOf(0), serviceTime: histogramOf(0), scheduleLag: histogramOf(0) };
    const summary = { ...end.summary, ...none, client: { ...end.summary.client, calls: 0 } };
    expect(() => hear({ type: 'done', summary })).toThrow('left 1 calls');
  });

  it('whatever else is sent, in whatever place', () => {
    const anything = fc.anything({ withBigInt: true, withMap: true, withTypedArray: true, maxDepth: 3 });
    const place = fc.constantFrom('type', 'chunk', 'counters', ...Object.keys(chunk));
    fc.assert(
      fc.property(anything, place, (value, field) => {
        const other =
          field in chunk ? { ...calls, chunk: { ...chunk, [field]: value } } : { ...calls, [field]: value };
        for (const message of [value, other]) {
          try {
            worker(0).hear(message);
          } catch (error) {
            expect(error).toBeInstanceOf(Misconduct);
          }
        }
      }),
      { numRuns: draws(60, 300) },
    );
  });

  it('a malformed answer that is told twice', () => {
    const { hear } = worker(0);
    const malformed = { type: 'malformed', message: 'has the outcome "full"' };
    hear(malformed);
    expect(() => hear(malformed)).toThrow('told a malformed answer twice');
  });

  it('a life that is told too often', () => {
    const { hear } = worker(0);
    const alive = { type: 'alive', progress: 0, skipped: 0, unreachableSinceMicros: null };
    expect(() => hear(...Array.from({ length: 100 }, () => alive))).toThrow('too often');
  });
});
