import { toChunk, type FinishedCall } from './call-chunks.js';
import { encode, newHistogram, record } from './latency.js';
import type { CallChunk } from './messages.js';

/** Calls are sent on in chunks of this size. */
const CHUNK_CALLS = 1_000;

/** Keeps a worker's histograms and passes its calls on: all of them, no sampling. */
export class Recorder {
  readonly #latency = newHistogram();
  readonly #serviceTime = newHistogram();
  readonly #send: (chunk: CallChunk) => void;
  #calls: FinishedCall[] = [];

  /** @param send takes each full chunk, and the rest at `flush` */
  constructor(send: (chunk: CallChunk) => void) {
    this.#send = send;
  }

  add(call: FinishedCall): void {
    record(this.#latency, call.endMicros - call.intendedMicros);
    record(this.#serviceTime, call.endMicros - call.startMicros);
    this.#calls.push(call);
    if (this.#calls.length >= CHUNK_CALLS) this.flush();
  }

  flush(): void {
    if (this.#calls.length === 0) return;
    this.#send(toChunk(this.#calls));
    this.#calls = [];
  }

  /** The histograms, encoded. */
  histograms(): { readonly latency: string; readonly serviceTime: string } {
    return { latency: encode(this.#latency), serviceTime: encode(this.#serviceTime) };
  }
}
