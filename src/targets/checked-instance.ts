import { serverError, type ServerError } from '../database/failure.js';
import type { Places } from '../domain/promises.js';
import {
  MALFORMED_ANSWER,
  readAnswer,
  toErrorCode,
  type AnswerTerms,
  type FittingAnswer,
} from '../target/answers.js';
import type { AssignCall, OpenedInstance } from '../target/definition.js';
import type { CallAnswer, CallRequest, Instance, InstanceCounters } from '../target/instance.js';
import { closeInTime } from './close-in-time.js';

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
  #unclosed = 0;

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
      counts: {
        ...(this.#late > 0 && { lateAnswers: this.#late }),
        ...(this.#unclosed > 0 && { unclosed: this.#unclosed }),
      },
    };
  }

  /** A user's instance connects as it likes. */
  connect(): Promise<void> {
    return Promise.resolve();
  }

  async assign(request: CallRequest): Promise<CallAnswer> {
    const deadlineMs = performance.now() + this.#terms.timeoutMs;
    return this.#untilAnswered(request, deadlineMs, await this.#attempt(request, deadlineMs));
  }

  /** Nothing is known to be owed. */
  settle(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    if (!(await closeInTime(this.#opened))) this.#unclosed += 1;
  }

  /** Makes a call again for as long as it is answered `busy`. After the deadline nothing is begun any more. */
  async #untilAnswered(request: CallRequest, deadlineMs: number, first: Attempted): Promise<CallAnswer> {
    let given = first;
    for (let attempt = 0; given.answer?.outcome === 'busy'; attempt++) {
      const pauseMs = pauseAfter(attempt);
      if (performance.now() + pauseMs < deadlineMs) await pause(pauseMs);
      else return busyError(this.#terms.timeoutMs);
      if (performance.now() >= deadlineMs) return busyError(this.#terms.timeoutMs);
      this.#busy += 1;
      given = await this.#attempt(request, deadlineMs);
    }
    return given.told;
  }

  async #attempt(request: CallRequest, deadlineMs: number): Promise<Attempted> {
    const deadline = new Deadline();
    const call = this.#toCall(request, deadline);
    const given = await this.#inTime(() => this.#opened.assign(call), deadlineMs, deadline);
    return this.#read(given, request);
  }

  async #assignMany(requests: readonly CallRequest[]): Promise<readonly CallAnswer[]> {
    const deadlineMs = performance.now() + this.#terms.timeoutMs;
    const deadline = new Deadline();
    const calls = requests.map((request) => this.#toCall(request, deadline));
    const given = await this.#inTime(
      () => this.#opened.assignMany?.(calls) ?? Promise.resolve([]),
      deadlineMs,
      deadline,
    );
    if ('error' in given) return requests.map(() => given.error);
    const problem = listProblem(given.value, requests.length);
    if (problem !== undefined) return requests.map(({ callId }) => missingAnswer(callId, problem));
    const answers = given.value as readonly unknown[];
    const attempted = requests.map((request, position) => {
      return { request, first: this.#read({ value: answers[position] }, request) };
    });
    // A part that is busy is made again by itself.
    return Promise.all(
      attempted.map(({ request, first }) => this.#untilAnswered(request, deadlineMs, first)),
    );
  }

  #toCall(request: CallRequest, deadline: Deadline): AssignCall {
    return new TimedCall(request, this.#terms.refs.get(request.batchId), deadline);
  }

  /** What the user's code returned or threw before the deadline; what it says later is dropped and counted. */
  #inTime(make: () => Promise<unknown>, deadlineMs: number, deadline: Deadline): Promise<Given> {
    return new Promise((resolve) => {
      let isOver = false;
      const remainingMs = Math.max(0, deadlineMs - performance.now());
      const timer = setTimeout(() => {
        isOver = true;
        deadline.abort(new Error(`no answer within ${this.#terms.timeoutMs} ms`));
        resolve({ error: thrownAnswer('timeout', null, `no answer within ${this.#terms.timeoutMs} ms`) });
      }, remainingMs);
      const end = (given: Given) => {
        clearTimeout(timer);
        resolve(given);
      };
      // What it throws at once is thrown all the same; what it throws after the deadline may be that it heeds the signal.
      new Promise((made) => made(make())).then(
        (value) => {
          if (isOver) this.#late += 1;
          end({ value });
        },
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

/** Makes a signal when somebody first asks for it: most code never does, and it costs more than all else here. */
class Deadline {
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}

/** A call as a user's code gets it. */
class TimedCall implements AssignCall {
  /** One for all calls, and a field of each, so that copies have it: a getter written into each call costs some microseconds. */
  static readonly #SIGNAL = {
    enumerable: true,
    configurable: true,
    get(this: TimedCall): AbortSignal {
      return this.#deadline.signal;
    },
  };
  readonly batchId: string;
  readonly contentId: string;
  readonly callId: string;
  readonly redelivered: boolean;
  readonly ref: unknown;
  declare readonly signal: AbortSignal;
  readonly #deadline: Deadline;

  constructor({ batchId, contentId, callId, redelivered }: CallRequest, ref: unknown, deadline: Deadline) {
    this.batchId = batchId;
    this.contentId = contentId;
    this.callId = callId;
    this.redelivered = redelivered;
    this.ref = ref;
    this.#deadline = deadline;
    Object.defineProperty(this, 'signal', TimedCall.#SIGNAL);
  }
}

type Given = { readonly value: unknown } | { readonly error: CallAnswer };

interface Attempted {
  /** Undefined where there was none that fits. */
  readonly answer: FittingAnswer | undefined;
  readonly told: CallAnswer;
}

function listProblem(given: unknown, expected: number): string | undefined {
  if (!Array.isArray(given)) return 'no list';
  return given.length === expected ? undefined : `a list of ${given.length} answers to ${expected} calls`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
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
      return success(answer.outcome, answer.slotId);
  }
}

/** Written out: a copy of NOTHING takes several times as long. */
function success(outcome: 'created' | 'reused' | 'assigned', slotId: string | null): CallAnswer {
  return {
    outcome,
    slotId,
    recovered: false,
    replyLost: false,
    mayHaveHappened: false,
    errorCode: null,
    sqlState: null,
  };
}

function busyError(timeoutMs: number): CallAnswer {
  return { ...NOTHING, outcome: 'error', errorCode: 'busy', message: `busy for ${timeoutMs} ms` };
}

function malformedAnswer(message: string): CallAnswer {
  return { ...thrownAnswer(MALFORMED_ANSWER, null, message), malformed: true };
}

function missingAnswer(callId: string, problem: string): CallAnswer {
  return malformedAnswer(`the answer to call ${callId} by assignMany is missing: it returned ${problem}`);
}

/** Nobody knows whether it happened. */
function thrownAnswer(errorCode: string, sqlState: string | null, message: string): CallAnswer {
  return { ...NOTHING, outcome: 'unknown', mayHaveHappened: true, errorCode, sqlState, message };
}

/** Errors that each wrap the next, at most: none of a loop has an end. */
const DEEPEST_CAUSE = 8;

/** By its SQLSTATE, its code or its name: whatever says most. */
function toThrown(error: unknown): CallAnswer {
  const { code, name } = fieldsOf(error);
  const sent = sentWithin(error);
  const words = [sent?.code, code, name].filter((each) => typeof each === 'string' && each !== '');
  const [word = 'thrown'] = words as string[];
  const message =
    sent === undefined || sent === error ? wordsOf(error) : `${wordsOf(error)}: ${sent.message}`;
  return thrownAnswer(toErrorCode(word), sent?.code ?? null, message);
}

/** What the server sent: drivers raise it, what stands above them wraps it. */
function sentWithin(error: unknown): ServerError | undefined {
  let within = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && within !== undefined; depth++) {
    const sent = serverError(within);
    if (sent !== undefined) return sent;
    within = fieldsOf(within).cause;
  }
  return undefined;
}

/** Anything can be thrown. */
function fieldsOf(error: unknown): { code?: unknown; name?: unknown; message?: unknown; cause?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}

function wordsOf(error: unknown): string {
  const { message } = fieldsOf(error);
  if (typeof message === 'string') return message;
  try {
    return typeof error === 'object' && error !== null ? JSON.stringify(error) : String(error);
  } catch {
    return 'an object that is no JSON';
  }
}
