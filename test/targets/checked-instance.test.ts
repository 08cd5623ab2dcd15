import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { contradictionIn, type CallEnd } from '#els/domain/call.js';
import type { Answer, AssignCall, OpenedInstance } from '#els/target/definition.js';
import type { CallAnswer, CallRequest } from '#els/target/instance.js';
import { CheckedInstance, type CheckedTerms } from '#els/targets/checked-instance.js';

const TIMEOUT_MS = 1_000;

const NOTHING = {
  slotId: null,
  recovered: false,
  replyLost: false,
  mayHaveHappened: false,
  errorCode: null,
  sqlState: null,
};

type Assign = OpenedInstance['assign'];

function checked(opened: OpenedInstance, terms: Partial<CheckedTerms> = {}): CheckedInstance {
  return new CheckedInstance(opened, {
    promises: { idempotent: true },
    places: 'named',
    timeoutMs: TIMEOUT_MS,
    refs: new Map(),
    ...terms,
  });
}

function request(content = 1): CallRequest {
  return { batchId: 'b1', contentId: `c${content}`, callId: `call-${content}`, redelivered: false };
}

/** Answers that are given one after the other; the last one for ever. */
function inTurn(...answers: readonly Answer[]): ReturnType<typeof vi.fn<Assign>> {
  let next = 0;
  return vi.fn<Assign>(() => Promise.resolve(answers[Math.min(next++, answers.length - 1)] as Answer));
}

/** A value that takes its time. */
function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}

const CREATED: Answer = { outcome: 'created', slotId: 'A1' };
const BUSY: Answer = { outcome: 'busy' };

/** No end may say of itself what cannot be: the coordinator would take it for a defect of the worker. */
function sound(answer: CallAnswer): CallAnswer {
  expect(contradictionIn(answer, answer.slotId === null ? 'counted' : 'named')).toBeUndefined();
  return answer;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});

afterEach(() => {
  const left = vi.getTimerCount();
  vi.useRealTimers();
  expect(left).toBe(0);
});

/** Lets time pass until a call has ended; tells how long that was. */
async function timed<T>(call: Promise<T>): Promise<{ value: T; ms: number }> {
  const startMs = performance.now();
  let endMs: number | undefined;
  const ended = call.finally(() => (endMs = performance.now()));
  for (let ms = 0; ms <= 3 * TIMEOUT_MS && endMs === undefined; ms++) await vi.advanceTimersByTimeAsync(1);
  if (endMs === undefined) throw new Error('the call did not end');
  return { value: await ended, ms: endMs - startMs };
}

describe('an answer that fits', () => {
  it.each<[Answer, Partial<CallEnd> & { message?: string }]>([
    [CREATED, { outcome: 'created', slotId: 'A1' }],
    [
      { outcome: 'reused', slotId: 7 },
      { outcome: 'reused', slotId: '7' },
    ],
    [
      { outcome: 'assigned', slotId: 'A1' },
      { outcome: 'assigned', slotId: 'A1' },
    ],
    [{ outcome: 'no_slot' }, { outcome: 'no_slot' }],
    [
      { outcome: 'error', code: 'closed', message: 'the sale is over' },
      { outcome: 'error', errorCode: 'closed', message: 'the sale is over' },
    ],
    [
      { outcome: 'error', code: 'seats/sold out' },
      { outcome: 'error', errorCode: 'seats/sold out' },
    ],
  ])('is told as it is: %j', async (given, told) => {
    const instance = checked({ assign: () => Promise.resolve(given) });
    expect(sound(await instance.assign(request()))).toEqual({ ...NOTHING, ...told });
    expect(instance.counters).toEqual({ roundTrips: null, retriesByCode: {}, counts: {} });
  });

  it('may be given at once, without a promise', async () => {
    const instance = checked({ assign: (() => CREATED) as unknown as Assign });
    expect(await instance.assign(request())).toMatchObject({ outcome: 'created', slotId: 'A1' });
  });

  it('names no slot where places are counted', async () => {
    const instance = checked(
      { assign: () => Promise.resolve({ outcome: 'assigned' } as Answer) },
      { places: 'counted' },
    );
    expect(sound(await instance.assign(request()))).toEqual({ ...NOTHING, outcome: 'assigned' });
  });

  it('is asked for with all that a call has, the ref of its batch too', async () => {
    const assign = inTurn(CREATED);
    const instance = checked({ assign }, { refs: new Map([['b1', { event: 7 }]]) });
    await instance.assign({ ...request(), redelivered: true });
    const [call] = assign.mock.calls[0] ?? [];
    expect(call).toEqual({
      ...request(),
      redelivered: true,
      ref: { event: 7 },
      signal: expect.any(AbortSignal) as unknown,
    });
    expect(call?.signal.aborted).toBe(false);
  });

  it('is asked of the opened object itself, which may be an instance of a class', async () => {
    class Service implements OpenedInstance {
      readonly #slotId = 'A1';
      closed = false;
      assign(): Promise<Answer> {
        return Promise.resolve({ outcome: 'created', slotId: this.#slotId });
      }
      assignMany(calls: readonly AssignCall[]): Promise<Answer[]> {
        return Promise.all(calls.map(() => this.assign()));
      }
      close(): void {
        this.closed = true;
      }
    }
    const service = new Service();
    const instance = checked(service);
    expect(await instance.assign(request())).toMatchObject({ slotId: 'A1' });
    expect(await instance.assignMany?.([request()])).toMatchObject([{ slotId: 'A1' }]);
    await instance.close();
    expect(service.closed).toBe(true);
  });
});

describe('the deadline', () => {
  const TIMED_OUT = {
    ...NOTHING,
    outcome: 'unknown',
    mayHaveHappened: true,
    errorCode: 'timeout',
    message: 'no answer within 1000 ms',
  };

  it('ends a call that has no answer, and aborts its signal', async () => {
    const assign = vi.fn<Assign>(() => new Promise(() => undefined));
    const { value, ms } = await timed(checked({ assign }).assign(request()));
    expect(sound(value)).toEqual(TIMED_OUT);
    expect(ms).toBe(TIMEOUT_MS);
    const signal = assign.mock.calls[0]?.[0].signal;
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toEqual(new Error('no answer within 1000 ms'));
  });

  it('aborts the signal of each call at its own, in copies of the call too', async () => {
    const signals: AbortSignal[] = [];
    const instance = checked({
      assign: (call) => {
        const copy = { ...call };
        signals.push(copy.signal);
        return after(copy.contentId === 'c1' ? 5_000 : 10, CREATED);
      },
    });
    const late = timed(instance.assign(request(1)));
    await instance.assign(request(2));
    expect((await late).value).toEqual(TIMED_OUT);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(5_000);
  });

  it('drops an answer that comes later, and counts it', async () => {
    const instance = checked({ assign: () => after(TIMEOUT_MS + 50, CREATED) });
    const { value } = await timed(instance.assign(request()));
    expect(value).toEqual(TIMED_OUT);
    expect(instance.counters.counts).toEqual({});
    await vi.advanceTimersByTimeAsync(50);
    expect(instance.counters.counts).toEqual({ lateAnswers: 1 });
  });

  it('counts no answer of a call that heeds its signal', async () => {
    const instance = checked({
      assign: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    const { value } = await timed(instance.assign(request()));
    expect(value).toEqual(TIMED_OUT);
    await vi.advanceTimersByTimeAsync(50);
    expect(instance.counters.counts).toEqual({});
  });

  it('is kept by an answer that comes just before it', async () => {
    const instance = checked({ assign: () => after(TIMEOUT_MS - 1, CREATED) });
    expect((await timed(instance.assign(request()))).value).toMatchObject({ outcome: 'created' });
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    expect(instance.counters.counts).toEqual({});
  });

  it('counts from the first attempt of a call', async () => {
    let attempts = 0;
    const assign = vi.fn<Assign>(() => (++attempts === 1 ? after(600, BUSY) : after(5_000, CREATED)));
    const { value, ms } = await timed(checked({ assign }).assign(request()));
    expect(assign).toHaveBeenCalledTimes(2);
    expect(value).toEqual(TIMED_OUT);
    expect(ms).toBe(TIMEOUT_MS);
    await vi.advanceTimersByTimeAsync(5_000);
  });
});

describe('busy', () => {
  it('has the same call made again, until it is answered', async () => {
    const assign = inTurn(BUSY, BUSY, CREATED);
    const instance = checked({ assign });
    const { value, ms } = await timed(instance.assign(request()));
    expect(value).toEqual({ ...NOTHING, outcome: 'created', slotId: 'A1' });
    expect(ms).toBeGreaterThanOrEqual(10);
    for (const [call] of assign.mock.calls) expect(call).toMatchObject(request());
    expect(instance.counters.retriesByCode).toEqual({ busy: 2 });
  });

  it.each([0, 0.5, 0.999_999])('is waited for from 5 to 100 ms, where chance says %d', async (chance) => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(chance);
    const moments: number[] = [];
    const assign = () => {
      moments.push(performance.now());
      return Promise.resolve(BUSY);
    };
    const { ms } = await timed(checked({ assign }).assign(request()));
    random.mockRestore();
    const pauses = moments.slice(1).map((moment, position) => moment - (moments[position] ?? 0));
    expect(pauses.length).toBeGreaterThan(5);
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(5);
      expect(pause).toBeLessThanOrEqual(100);
    }
    if (chance > 0.9) expect(Math.max(...pauses)).toBeGreaterThan(90);
    expect(ms).toBeLessThanOrEqual(TIMEOUT_MS);
    expect(ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 100);
  });

  it('is the definite error busy at the deadline', async () => {
    const { value } = await timed(checked({ assign: inTurn(BUSY) }).assign(request()));
    expect(sound(value)).toEqual({
      ...NOTHING,
      outcome: 'error',
      errorCode: 'busy',
      message: 'busy for 1000 ms',
    });
  });

  it('has no call made after the deadline, however late the timer is', async () => {
    const held = vi.spyOn(performance, 'now');
    // The process was held up while it waited: the clock says more than the timer.
    const assign = vi.fn<Assign>(() => {
      setTimeout(() => held.mockReturnValue(performance.now() + 2 * TIMEOUT_MS), 1);
      return Promise.resolve(BUSY);
    });
    const answering = checked({ assign }).assign(request());
    await vi.advanceTimersByTimeAsync(200);
    held.mockRestore();
    expect(await answering).toMatchObject({ outcome: 'error', errorCode: 'busy', mayHaveHappened: false });
    expect(assign).toHaveBeenCalledTimes(1);
  });
});

/** As node-postgres raises it. */
function serverError(code: string): Error {
  return Object.assign(new Error('could not serialize access'), { code, severity: 'ERROR' });
}

class SeatTaken extends Error {
  override readonly name = 'SeatTaken';
}

describe('what is thrown', () => {
  it.each<[string, unknown, string, string | null, string]>([
    ['an error of a server', serverError('40001'), '40001', '40001', 'could not serialize access'],
    [
      'one that an ORM wrapped',
      new Error('Failed query', { cause: serverError('40001') }),
      '40001',
      '40001',
      'Failed query: could not serialize access',
    ],
    [
      'an error of the system with five letters',
      Object.assign(new Error('write EPIPE'), { code: 'EPIPE', errno: -32, syscall: 'write' }),
      'EPIPE',
      null,
      'write EPIPE',
    ],
    [
      "a code of an ORM's own",
      Object.assign(new Error('write conflict'), { code: 'P2034' }),
      'P2034',
      null,
      'write conflict',
    ],
    ['an error of a class', new SeatTaken('A1'), 'SeatTaken', null, 'A1'],
    ['an error', new Error('no more'), 'Error', null, 'no more'],
    ['an empty error', new TypeError(), 'TypeError', null, ''],
    [
      'an error with a long code',
      Object.assign(new Error('x'), { code: 'y'.repeat(40) }),
      'y'.repeat(32),
      null,
      'x',
    ],
    ['a code with a path', { code: 'auth/no user', message: 'x' }, 'auth/no user', null, 'x'],
    ['a code of several lines', { code: 'no\nuser\u2028\t!', message: 'x' }, 'no-user--!', null, 'x'],
    [
      'a code that ends within a pair',
      { code: `${'y'.repeat(31)}💺`, message: 'x' },
      `${'y'.repeat(31)}-`,
      null,
      'x',
    ],
    ['a text', 'no more', 'thrown', null, 'no more'],
    ['nothing', undefined, 'thrown', null, 'undefined'],
    ['null', null, 'thrown', null, 'null'],
    ['a symbol', Symbol('full'), 'thrown', null, 'Symbol(full)'],
    ['an object', { code: 'full', message: 'no more' }, 'full', null, 'no more'],
    ['an object without words', { reason: 7 }, 'thrown', null, '{"reason":7}'],
    ['an object without anything', Object.create(null) as unknown, 'thrown', null, '{}'],
    ['a code that is a number', { code: 23505 }, 'thrown', null, '{"code":23505}'],
  ])('may have happened: %s', async (_, thrown, errorCode, sqlState, message) => {
    const told = { ...NOTHING, outcome: 'unknown', mayHaveHappened: true, errorCode, sqlState, message };
    const rejects: Assign = async () => {
      await Promise.resolve();
      throw thrown;
    };
    const throws: Assign = () => {
      throw thrown as Error;
    };
    for (const assign of [rejects, throws]) {
      const instance = checked({ assign });
      expect(sound(await instance.assign(request()))).toEqual(told);
    }
  });

  it('is not made again', async () => {
    const assign = vi.fn<Assign>(() => Promise.reject(serverError('40001')));
    await checked({ assign }).assign(request());
    expect(assign).toHaveBeenCalledTimes(1);
  });
});

describe('an answer that does not fit', () => {
  it.each<[unknown, Partial<CheckedTerms>, string]>([
    [undefined, {}, 'is undefined, no object'],
    [{ outcome: 'taken' }, {}, 'has the outcome "taken"; accepted are'],
    [{ outcome: 'created' }, {}, 'is created with the slotId undefined; accepted:'],
    [{ outcome: 'created', slotId: 1 }, { places: 'counted' }, 'is created with the slotId 1, where'],
    [{ outcome: 'reused', slotId: 1 }, { promises: { idempotent: false } }, 'is reused, of a target'],
  ])('may have happened, and names the call: %j', async (given, terms, complaint) => {
    const instance = checked({ assign: () => Promise.resolve(given as Answer) }, terms);
    const told = sound(await instance.assign(request()));
    expect(told).toMatchObject({
      ...NOTHING,
      outcome: 'unknown',
      mayHaveHappened: true,
      errorCode: 'malformed_answer',
    });
    expect(told.message?.startsWith(`the answer to call call-1 ${complaint}`)).toBe(true);
  });
});

describe('assignMany', () => {
  type Many = NonNullable<OpenedInstance['assignMany']>;
  const requests = [request(1), request(2), request(3)];

  function bulk(assignMany: Many, assign: Assign = () => Promise.reject(new Error('one by one'))) {
    const instance = checked({ assign, assignMany }, { refs: new Map([['b1', 'ref']]) });
    const make = instance.assignMany ?? (() => Promise.reject(new Error('it has none')));
    return { instance, make: () => make(requests) };
  }

  it('is there where the target has it', () => {
    expect(checked({ assign: inTurn(CREATED) }).assignMany).toBeUndefined();
    expect(bulk(() => Promise.resolve([])).instance.assignMany).toBeDefined();
  });

  it('answers in the order of the calls', async () => {
    const assignMany = vi.fn<Many>((calls) =>
      Promise.resolve(calls.map(({ contentId }) => ({ outcome: 'created', slotId: `of ${contentId}` }))),
    );
    const { make } = bulk(assignMany);
    const answers = await make();
    expect(answers.map(({ slotId }) => slotId)).toEqual(['of c1', 'of c2', 'of c3']);
    expect(assignMany.mock.calls[0]?.[0]).toMatchObject(requests.map((each) => ({ ...each, ref: 'ref' })));
  });

  it('has the part that is busy made again, after a pause and under the same deadline', async () => {
    const moments: number[] = [];
    const assign = vi.fn<Assign>(() => {
      moments.push(performance.now());
      return Promise.resolve(moments.length < 2 ? BUSY : { outcome: 'created', slotId: 'A2' });
    });
    const startMs = performance.now();
    const { instance, make } = bulk(
      () => Promise.resolve([{ outcome: 'created', slotId: 'A1' }, BUSY, { outcome: 'no_slot' }]),
      assign,
    );
    const { value } = await timed(make());
    expect(value.map(({ outcome, slotId }) => [outcome, slotId])).toEqual([
      ['created', 'A1'],
      ['created', 'A2'],
      ['no_slot', null],
    ]);
    expect(assign.mock.calls.map(([{ callId }]) => callId)).toEqual(['call-2', 'call-2']);
    expect((moments[0] ?? 0) - startMs).toBeGreaterThanOrEqual(5);
    expect(instance.counters.retriesByCode).toEqual({ busy: 2 });
  });

  it('is the definite error busy for the part that stays so until the deadline of all', async () => {
    const { make } = bulk(() => after(600, [CREATED, BUSY, BUSY]), inTurn(BUSY));
    const { value, ms } = await timed(make());
    expect(value.map(({ errorCode, mayHaveHappened }) => [errorCode, mayHaveHappened])).toEqual([
      [null, false],
      ['busy', false],
      ['busy', false],
    ]);
    expect(ms).toBeLessThanOrEqual(TIMEOUT_MS);
  });

  it.each<[unknown, string]>([
    [[CREATED, CREATED], 'a list of 2 answers to 3 calls'],
    [[CREATED, CREATED, CREATED, CREATED], 'a list of 4 answers to 3 calls'],
    [undefined, 'no list'],
    [{ length: 3 }, 'no list'],
  ])('may have happened to all where it answers %j', async (given, problem) => {
    const { make } = bulk(() => Promise.resolve(given as Answer[]));
    const answers = (await make()).map(sound);
    expect(answers).toEqual(
      requests.map(({ callId }) => ({
        ...NOTHING,
        outcome: 'unknown',
        mayHaveHappened: true,
        errorCode: 'malformed_answer',
        malformed: true,
        message: `the answer to call ${callId} by assignMany is missing: it returned ${problem}`,
      })),
    );
  });

  it('may have happened to the one whose answer does not fit', async () => {
    const { make } = bulk(() =>
      Promise.resolve([CREATED, { outcome: 'taken' } as unknown as Answer, CREATED]),
    );
    const answers = await make();
    expect(answers.map(({ outcome }) => outcome)).toEqual(['created', 'unknown', 'created']);
    expect(answers[1]).toMatchObject({ errorCode: 'malformed_answer', mayHaveHappened: true });
    expect(answers[1]?.message).toMatch(/^the answer to call call-2 has the outcome "taken"/);
  });

  it('may have happened to all where it throws', async () => {
    const { make } = bulk(() => Promise.reject(serverError('40001')));
    for (const answer of await make()) {
      expect(answer).toMatchObject({ outcome: 'unknown', mayHaveHappened: true, sqlState: '40001' });
    }
  });

  it('may have happened to all where there is no answer in time; a late one counts once', async () => {
    const signals: AbortSignal[] = [];
    const { instance, make } = bulk((calls) => {
      signals.push(...calls.map(({ signal }) => signal));
      return after(TIMEOUT_MS + 50, [CREATED, CREATED, CREATED]);
    });
    const { value, ms } = await timed(make());
    expect(value.map(({ errorCode }) => errorCode)).toEqual(['timeout', 'timeout', 'timeout']);
    expect(ms).toBe(TIMEOUT_MS);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
    await vi.advanceTimersByTimeAsync(50);
    expect(instance.counters.counts).toEqual({ lateAnswers: 1 });
  });
});

it('closes what has nothing to close', async () => {
  await expect(checked({ assign: inTurn(CREATED) }).close()).resolves.toBeUndefined();
});
