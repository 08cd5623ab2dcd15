import { setTimeout as sleep } from 'node:timers/promises';
import type { Places } from '../domain/promises.js';
import { MALFORMED_ANSWER, readAnswer, type AnswerTerms, type FittingAnswer } from '../target/answers.js';
import type { AssignCall, OpenedInstance } from '../target/definition.js';
import type { CallAnswer, CallRequest, Instance, InstanceCounters } from '../target/instance.js';

/** A call that is answered `busy` is made again after a pause of between these two, longer with each time. */
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

const NOTHING = {
  slotId: null,
  recovered: false,
  replyLost: false,
  mayHaveHappened: false,
  errorCode: null,
  sqlState: null,
} as const;

const NO_SLOT: CallAnswer = { ...NOTHING, outcome: 'no_slot' };

/** How an instance's calls are made. */
export interface CheckedTerms {
  readonly promises: { readonly idempotent: boolean };
  readonly places: Places;
  /** Deadline of one call, `busy` and all. */
  readonly timeoutMs: number;
  /** What `register` returned for each batch that has something. */
  readonly refs: ReadonlyMap<string, unknown>;
}

/** A user's instance, held to its contract and to the deadline of each call. */
export class CheckedInstance implements Instance {
  readonly assignMany: Instance['assignMany'];
  readonly #opened: OpenedInstance;
  readonly #terms: CheckedTerms;
  readonly #answers: AnswerTerms;
  #busy = 0;
  #late = 0;

  constructor(opened: OpenedInstance, terms: CheckedTerms) {
    this.#opened = opened;
    this.#terms = terms;
    this.#answers = { idempotent: terms.promises.idempotent, places: terms.places };
    this.assignMany = opened.assignMany && ((requests) => this.#assignMany(requests));
  }

  get counters(): InstanceCounters {
    return {
      roundTrips: null,
      retriesByCode: this.#busy > 0 ? { busy: this.#busy } : {},
      counts: this.#late > 0 ? { lateAnswers: this.#late } : {},
    };
  }

  /** A user's instance connects as it likes. */
  connect(): Promise<void> {
    return Promise.resolve();
  }

  async assign(request: CallRequest): Promise<CallAnswer> {
    const deadlineMs = performance.now() + this.#terms.timeoutMs;
    for (let attempt = 0; ; attempt++) {
      const given = await this.#attempt(request, deadlineMs);
      if (given.answer === undefined || given.answer.outcome !== 'busy') return given.told;
      const pauseMs = pauseAfter(attempt);
      if (performance.now() + pauseMs >= deadlineMs) return busyError(this.#terms.timeoutMs);
      this.#busy += 1;
      await sleep(pauseMs);
    }
  }

  /** Nothing is known to be owed. */
  settle(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#opened.close?.();
  }

  async #attempt(request: CallRequest, deadlineMs: number): Promise<Attempted> {
    const controller = new AbortController();
    const call = this.#toCall(request, controller.signal);
    const given = await this.#inTime(() => this.#opened.assign(call), deadlineMs, controller);
    return this.#read(given, request);
  }

  async #assignMany(requests: readonly CallRequest[]): Promise<readonly CallAnswer[]> {
    const deadlineMs = performance.now() + this.#terms.timeoutMs;
    const controller = new AbortController();
    const calls = requests.map((request) => this.#toCall(request, controller.signal));
    const given = await this.#inTime(
      () => this.#opened.assignMany?.(calls) ?? Promise.resolve([]),
      deadlineMs,
      controller,
    );
    if ('error' in given) return requests.map(() => given.error);
    const answers = given.value as unknown;
    if (!Array.isArray(answers) || answers.length !== requests.length) {
      const problem = `assignMany answered ${requests.length} calls with ${Array.isArray(answers) ? answers.length : 'no list'}`;
      return requests.map(() => malformedAnswer(problem));
    }
    // A part that is busy is made again by itself.
    return Promise.all(
      requests.map((request, position) => {
        const { answer, told } = this.#read({ value: answers[position] as unknown }, request);
        return answer?.outcome === 'busy' ? this.assign(request) : told;
      }),
    );
  }

  #toCall({ batchId, contentId, callId, redelivered }: CallRequest, signal: AbortSignal): AssignCall {
    return { batchId, contentId, callId, redelivered, ref: this.#terms.refs.get(batchId), signal };
  }

  /** What the user's code returned or threw before the deadline; what it says later is dropped and counted. */
  #inTime(make: () => Promise<unknown>, deadlineMs: number, controller: AbortController): Promise<Given> {
    return new Promise((resolve) => {
      let isOver = false;
      const remainingMs = Math.max(0, deadlineMs - performance.now());
      const timer = setTimeout(() => {
        isOver = true;
        controller.abort(new Error(`no answer within ${this.#terms.timeoutMs} ms`));
        resolve({ error: thrownAnswer('timeout', null, `no answer within ${this.#terms.timeoutMs} ms`) });
      }, remainingMs);
      const end = (given: Given) => {
        if (isOver) this.#late += 1;
        clearTimeout(timer);
        resolve(given);
      };
      // What it throws at once is thrown all the same.
      new Promise((made) => made(make())).then(
        (value) => end({ value }),
        (error: unknown) => end({ error: toThrown(error) }),
      );
    });
  }

  #read(given: Given, { callId }: CallRequest): Attempted {
    if ('error' in given) return { answer: undefined, told: given.error };
    const answer = readAnswer(given.value, this.#answers);
    if ('malformed' in answer) {
      return { answer: undefined, told: malformedAnswer(`the answer to call ${callId} ${answer.malformed}`) };
    }
    return { answer, told: toAnswer(answer) };
  }
}

type Given = { readonly value: unknown } | { readonly error: CallAnswer };

interface Attempted {
  /** Undefined where there was none that fits. */
  readonly answer: FittingAnswer | undefined;
  readonly told: CallAnswer;
}

function pauseAfter(attempt: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** attempt);
  return SHORTEST_PAUSE_MS + Math.random() * (longest - SHORTEST_PAUSE_MS);
}

function toAnswer(answer: FittingAnswer): CallAnswer {
  switch (answer.outcome) {
    case 'no_slot':
    case 'busy':
      return NO_SLOT;
    case 'error':
      return { ...NOTHING, outcome: 'error', errorCode: answer.code, message: answer.message };
    case 'created':
    case 'reused':
    case 'assigned':
      return {
        outcome: answer.outcome,
        slotId: answer.slotId,
        recovered: false,
        replyLost: false,
        mayHaveHappened: false,
        errorCode: null,
        sqlState: null,
      };
  }
}

function busyError(timeoutMs: number): CallAnswer {
  return { ...NOTHING, outcome: 'error', errorCode: 'busy', message: `busy for ${timeoutMs} ms` };
}

function malformedAnswer(message: string): CallAnswer {
  return thrownAnswer(MALFORMED_ANSWER, null, message);
}

/** Nobody knows whether it happened. */
function thrownAnswer(errorCode: string, sqlState: string | null, message: string): CallAnswer {
  return { ...NOTHING, outcome: 'unknown', mayHaveHappened: true, errorCode, sqlState, message };
}

const SQLSTATE = /^[0-9A-Z]{5}$/;
const LONGEST_CODE = 32;

/** By its SQLSTATE, its code or its name: whatever says most. */
function toThrown(error: unknown): CallAnswer {
  const { code, name } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly name?: unknown;
  };
  const word = [code, name].find((each) => typeof each === 'string' && each !== '') as string | undefined;
  const errorCode = (word ?? 'thrown').slice(0, LONGEST_CODE);
  const message = error instanceof Error ? error.message : String(error);
  return thrownAnswer(errorCode, SQLSTATE.test(errorCode) ? errorCode : null, message);
}
