import { toChunk, type FinishedCall } from './call-chunks.js';
import { encode, newHistogram, record } from './latency.js';
import type { CallChunk } from './messages.js';

/** Keeps a worker's histograms and passes its calls on: all of them, no sampling. */
export class Recorder {
  readonly #latency = newHistogram();
  readonly #serviceTime = newHistogram();
  readonly #send: (chunk: CallChunk) => void;
  readonly #chunkCalls: number;
  #calls: FinishedCall[] = [];

  /**
   * @param send takes each full chunk, and the rest at `flush`
   * @param chunkCalls how many calls make a chunk full
   */
  constructor(send: (chunk: CallChunk) => void, chunkCalls: number) {
    this.#send = send;
    this.#chunkCalls = chunkCalls;
  }

  add(call: FinishedCall): void {
    record(this.#latency, call.endMicros - call.intendedMicros);
    record(this.#serviceTime, call.endMicros - call.startMicros);
    this.#calls.push(call);
    if (this.#calls.length >= this.#chunkCalls) this.flush();
  }

  flush(): void {
    if (this.#calls.length === 0) return;
    this.#send(toChunk(this.#calls));
    this.#calls = [];
  }

  /** How many calls were added. */
  get calls(): number {
    return this.#latency.totalCount;
  }

  /** The histograms, encoded. */
  histograms(): { readonly latency: string; readonly serviceTime: string } {
    return { latency: encode(this.#latency), serviceTime: encode(this.#serviceTime) };
  }
}
