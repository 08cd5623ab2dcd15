import { isAnswered } from '../domain/call.js';
import type { CallAnswer } from '../target/instance.js';
import { toChunk, type FinishedCall } from './call-chunks.js';
import { encode, newHistogram, record } from './latency.js';
import {
  MOST_CODES,
  type CallChunk,
  type ErrorMessages,
  type StartedCall,
  type WorkerSummary,
} from './messages.js';

/** Of an error's message: enough for a line of a report. */
const MESSAGE_CHARACTERS = 200;

/** Keeps a worker's histograms and passes its calls on: all of them, no sampling. */
export class Recorder {
  readonly #latency = newHistogram();
  readonly #serviceTime = newHistogram();
  readonly #scheduleLag = newHistogram();
  readonly #send: (chunk: CallChunk) => void;
  readonly #chunkCalls: number;
  readonly #onMalformed: (message: string) => void;
  #isMalformedTold = false;
  /** By a map: a code may be a name such as `constructor`. */
  readonly #errorMessages = new Map<string, string>();
  #calls: FinishedCall[] = [];
  #answered = 0;

  /**
   * @param send takes each full chunk, and the rest at `flush`
   * @param chunkCalls how many calls make a chunk full
   * @param onMalformed told of the first answer that does not fit its target's terms, before its call is
   */
  constructor(
    send: (chunk: CallChunk) => void,
    chunkCalls: number,
    onMalformed: (message: string) => void = () => undefined,
  ) {
    this.#send = send;
    this.#chunkCalls = chunkCalls;
    this.#onMalformed = onMalformed;
  }

  /** Notes that a call has ended. Field by field: to spread two objects into one costs microseconds a call. */
  add(call: StartedCall, endMicros: number, end: CallAnswer): void {
    record(this.#latency, endMicros - call.intendedMicros);
    record(this.#serviceTime, endMicros - call.startMicros);
    record(this.#scheduleLag, call.startMicros - call.intendedMicros);
    this.#calls.push({
      deliveryIndex: call.deliveryIndex,
      intendedMicros: call.intendedMicros,
      startMicros: call.startMicros,
      endMicros,
      outcome: end.outcome,
      slotId: end.slotId,
      recovered: end.recovered,
      replyLost: end.replyLost,
      mayHaveHappened: end.mayHaveHappened,
      errorCode: end.errorCode,
      sqlState: end.sqlState,
    });
    if (isAnswered(end)) this.#answered += 1;
    if (end.errorCode !== null && end.message !== undefined) this.#noteError(end.errorCode, end.message);
    if (end.malformed) this.#tellMalformed(end.message);
    if (this.#calls.length >= this.#chunkCalls) this.flush();
  }

  flush(): void {
    if (this.#calls.length === 0) return;
    this.#send(toChunk(this.#calls));
    this.#calls = [];
  }

  /** What the first error of each code said, on one line and not at full length. */
  get errorMessages(): ErrorMessages {
    return Object.fromEntries(this.#errorMessages);
  }

  /** How many calls were added. */
  get calls(): number {
    return this.#latency.totalCount;
  }

  /** How many of them had an answer of the server. */
  get answered(): number {
    return this.#answered;
  }

  /** The histograms, encoded. */
  histograms(): Pick<WorkerSummary, 'latency' | 'serviceTime' | 'scheduleLag'> {
    return {
      latency: encode(this.#latency),
      serviceTime: encode(this.#serviceTime),
      scheduleLag: encode(this.#scheduleLag),
    };
  }

  #noteError(code: string, message: string): void {
    if (this.#errorMessages.has(code) || this.#errorMessages.size >= MOST_CODES) return;
    this.#errorMessages.set(code, lineOf(message));
  }

  #tellMalformed(message = ''): void {
    if (this.#isMalformedTold) return;
    this.#isMalformedTold = true;
    this.#onMalformed(lineOf(message));
  }
}

/** On one line and not at full length. */
function lineOf(message: string): string {
  const line = message.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > MESSAGE_CHARACTERS ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line;
}
