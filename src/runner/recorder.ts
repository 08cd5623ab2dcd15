import { isAnswered, type CallEnd } from '../domain/call.js';
import { AssignmentError } from '../domain/errors.js';
import { toChunk, type FinishedCall } from './call-chunks.js';
import { encode, newHistogram, record } from './latency.js';
import type { CallChunk, ErrorMessages, StartedCall, WorkerSummary } from './messages.js';

/** Of an error's message: enough for a line of a report. */
const MESSAGE_CHARACTERS = 200;

/** Keeps a worker's histograms and passes its calls on: all of them, no sampling. */
export class Recorder {
  readonly #latency = newHistogram();
  readonly #serviceTime = newHistogram();
  readonly #scheduleLag = newHistogram();
  readonly #send: (chunk: CallChunk) => void;
  readonly #chunkCalls: number;
  readonly errorMessages: { -readonly [Code in keyof ErrorMessages]: ErrorMessages[Code] } = {};
  #calls: FinishedCall[] = [];
  #answered = 0;

  /**
   * @param send takes each full chunk, and the rest at `flush`
   * @param chunkCalls how many calls make a chunk full
   */
  constructor(send: (chunk: CallChunk) => void, chunkCalls: number) {
    this.#send = send;
    this.#chunkCalls = chunkCalls;
  }

  /** Notes that a call has ended. Field by field: to spread two objects into one costs microseconds a call. */
  add(call: StartedCall, endMicros: number, end: CallEnd): void {
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
    if (this.#calls.length >= this.#chunkCalls) this.flush();
  }

  flush(): void {
    if (this.#calls.length === 0) return;
    this.#send(toChunk(this.#calls));
    this.#calls = [];
  }

  /** Notes what a call threw: the first message of each code is kept, on one line and not at full length. */
  noteError(error: unknown): void {
    if (!(error instanceof AssignmentError) || this.errorMessages[error.code] !== undefined) return;
    const line = error.message.replace(/[\s\p{Cc}]+/gu, ' ').trim();
    const isLong = line.length > MESSAGE_CHARACTERS;
    this.errorMessages[error.code] = isLong ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line;
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
}
