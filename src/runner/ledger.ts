import { nowMicros } from '../base/clock.js';
import { contradictionIn, type CallOutcome } from '../domain/call.js';
import { NO_EXTRAS } from './call-chunks.js';
import { countIn } from './latency.js';
import type { CallChunk, FromWorker, SignOfLife, StartedCall, WorkerJob, WorkerSummary } from './messages.js';
import { Misconduct } from './read-message.js';

/** In place of a worker, for a delivery that was answered. No run has so many. */
export const NOBODY = 255;
/** A worker says once in a second that it lives; so many times it may be early. */
const MOST_EARLY = 60;

/**
 * Holds what one process tells of a load against the plan: each call is one of its own slice, told once, within the
 * time of the load, and in the end the sums are right. So a worker can neither invent calls nor send without end.
 */
export class Ledger {
  /** Calls that were started and have not ended; known with an immediate journal alone. */
  readonly underWay = new Map<number, StartedCall>();
  readonly #makers: Uint8Array;
  readonly job: WorkerJob;
  /** The barrier's release. */
  readonly startMicros: number;
  #told = 0;
  #alive = 0;
  #progress = 0;
  #skipped = 0;
  #isMalformedTold = false;

  /** @param makers which worker makes each delivery of the plan; shared by all ledgers of a load */
  constructor(makers: Uint8Array, job: WorkerJob, startMicros: number) {
    this.#makers = makers;
    this.job = job;
    this.startMicros = startMicros;
  }

  /**
   * Takes the next message of the load.
   *
   * @returns whether it shows that the worker gets on
   * @throws Misconduct
   */
  hear(message: FromWorker): boolean {
    switch (message.type) {
      case 'alive':
        return this.#live(message);
      case 'started':
        this.#start(message.call);
        return false;
      case 'calls':
        this.#end(message.chunk);
        return true;
      case 'malformed':
        if (this.#isMalformedTold) throw new Misconduct('told a malformed answer twice');
        this.#isMalformedTold = true;
        return false;
      case 'changed':
        return true;
      case 'done':
        this.#close(message.summary);
        return true;
      case 'ready':
      case 'failed':
        throw new Misconduct(`said ${message.type} in the middle of a load`);
    }
  }

  #live({ progress, skipped, unreachableSinceMicros }: SignOfLife): boolean {
    this.#alive += 1;
    const now = nowMicros();
    const seconds = (now - this.startMicros) / 1e6;
    if (this.#alive > seconds + MOST_EARLY) throw new Misconduct('says too often that it lives');
    if (unreachableSinceMicros !== null && !(unreachableSinceMicros <= now)) {
      throw new Misconduct('has not reached the server since a moment to come');
    }
    const getsOn = progress > this.#progress || skipped > this.#skipped;
    this.#progress = progress;
    this.#skipped = skipped;
    return getsOn;
  }

  #start(call: StartedCall): void {
    const { deliveryIndex: index, intendedMicros, startMicros } = call;
    if (this.job.journal !== 'immediate') throw new Misconduct('told a start that nobody asked for');
    this.#expectOwn(index);
    if (this.underWay.has(index)) throw new Misconduct(`started the call of delivery ${index} twice`);
    this.#expectOrder(index, [intendedMicros, startMicros, nowMicros()]);
    this.underWay.set(index, call);
  }

  #end(chunk: CallChunk): void {
    const { deliveryIndex, intendedMicros, startMicros, endMicros, outcome, slotId, extras } = chunk;
    const now = nowMicros();
    for (const [position, index] of deliveryIndex.entries()) {
      this.#expectOwn(index);
      if (this.job.journal === 'immediate' && !this.underWay.delete(index)) {
        throw new Misconduct(`ended the call of delivery ${index}, which it had not started`);
      }
      this.#expectOrder(index, [
        intendedMicros[position] ?? NaN,
        startMicros[position] ?? NaN,
        endMicros[position] ?? NaN,
        now,
      ]);
      const told = { outcome: outcome[position] as CallOutcome, slotId: slotId[position] ?? null };
      const contradiction = contradictionIn({ ...told, ...(extras[position] ?? NO_EXTRAS) }, this.job.places);
      if (contradiction !== undefined) {
        throw new Misconduct(`contradicts itself about the call of delivery ${index}: ${contradiction}`);
      }
      this.#makers[index] = NOBODY;
    }
    this.#told += deliveryIndex.length;
  }

  #close({ latency, serviceTime, scheduleLag, client, skipped }: WorkerSummary): void {
    const counts = [countIn(latency), countIn(serviceTime), countIn(scheduleLag), client?.calls];
    if (counts.some((count) => count !== this.#told)) {
      throw new Misconduct(`told ${this.#told} calls and sums up ${counts.map(String).join(', ')}`);
    }
    if (this.underWay.size > 0) throw new Misconduct(`left ${this.underWay.size} calls that it had started`);
    if (skipped > 0 && skipped > this.#left()) throw new Misconduct(`skipped more calls than it had left`);
  }

  #expectOwn(index: number): void {
    if (this.#makers[index] === this.job.workerIndex) return;
    throw new Misconduct(`told delivery ${index}, which is not its own or was told before`);
  }

  /** Moments are in order, and none is before the release. */
  #expectOrder(index: number, moments: readonly number[]): void {
    let before = this.startMicros;
    for (const moment of moments) {
      if (!(moment >= before)) throw new Misconduct(`told impossible times of the call of delivery ${index}`);
      before = moment;
    }
  }

  /** Deliveries of its slice that were not told. */
  #left(): number {
    return this.#makers.reduce((sum, maker) => sum + (maker === this.job.workerIndex ? 1 : 0), 0);
  }
}
