import type { Socket } from 'node:net';
import { DelayLine } from './delay-line.js';

/** So many bytes wait in a direction with latency, or for a gate, before no more are read. */
const MOST_WAITING_BYTES = 1 << 20;

/**
 * One direction of a connection: bytes go on in order, each after the same time. Where the receiver is slow, no more is read
 * from the sender.
 */
export class OneWay {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #late: DelayLine<() => void> | undefined;
  #isFull = false;
  #waiting = 0;
  #kept = 0;

  /** @param delayMs may have fractions; 0: at once */
  constructor(from: Socket, to: Socket, delayMs: number) {
    this.#from = from;
    this.#to = to;
    this.#late = delayMs > 0 ? new DelayLine(delayMs, (pass) => pass()) : undefined;
    to.on('drain', () => {
      this.#isFull = false;
      this.#adjust();
    });
  }

  /** How many bytes of this direction this process holds. */
  get bufferedBytes(): number {
    return this.#to.writableLength + this.#waiting + this.#kept;
  }

  /** Says how many bytes of the sender are kept elsewhere, so that no more is read when these are many. */
  set kept(bytes: number) {
    this.#kept = bytes;
    this.#adjust();
  }

  /** @param onWritten called where there is latency, when they go on */
  push(bytes: Buffer, onWritten?: () => void): void {
    if (this.#late === undefined) return this.#write(bytes);
    this.#waiting += bytes.length;
    this.#late.push(() => {
      this.#waiting -= bytes.length;
      this.#write(bytes);
      this.#adjust();
      onWritten?.();
    });
    this.#adjust();
  }

  /** Calls back when all that was pushed before has been written. */
  afterAll(action: () => void): void {
    if (this.#late === undefined) action();
    else this.#late.push(action);
  }

  #write(bytes: Buffer): void {
    if (!this.#to.writable || this.#to.write(bytes)) return;
    this.#isFull = true;
    this.#adjust();
  }

  #adjust(): void {
    const rests = this.#isFull || this.#waiting + this.#kept > MOST_WAITING_BYTES;
    if (rests === this.#from.isPaused()) return;
    if (rests) this.#from.pause();
    else this.#from.resume();
  }
}
