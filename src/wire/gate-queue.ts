import { ConnectionLost, type Gate, type GatedSession } from './gate.js';
import type { Message } from './messages.js';
import { LONGEST_MESSAGE, ProtocolViolation, type MessageScanner } from './scanner.js';
import { OF_CLIENT } from './tags.js';

/** What the queue needs of a session. */
interface Gated extends GatedSession {
  /** The server takes COPY data: they, and the Sync that ends them, are part of the round trip under way. */
  readonly takesCopyData: boolean;
  sendAside(message: Message): void;
  reset(): void;
}

const ENDS: readonly number[] = [OF_CLIENT.query, OF_CLIENT.sync, OF_CLIENT.functionCall, OF_CLIENT.flush];
const NO_ROUND_TRIP: readonly number[] = [OF_CLIENT.terminate];

/** Puts what a client sends together to round trips, and brings them to a gate one after the other. */
export class GateQueue {
  readonly #session: Gated;
  readonly #gate: Gate;
  readonly #onKept: (bytes: number) => void;
  #parts: Buffer[] = [];
  #partBytes = 0;
  #messages: Message[] = [];
  readonly #complete: Message[][] = [];
  #completeBytes = 0;
  #openBytes = 0;
  #isServing = false;

  /** @param onKept told how many bytes of round trips wait behind another one */
  constructor(session: Gated, gate: Gate, onKept: (bytes: number) => void) {
    this.#session = session;
    this.#gate = gate;
    this.#onKept = onKept;
  }

  /** Whether a round trip is at the gate or beyond. */
  get isBusy(): boolean {
    return this.#isServing || this.#complete.length > 0;
  }

  /**
   * Takes a chunk of the client.
   *
   * @throws ProtocolViolation as the scanner does, and where one round trip is longer than a message may be
   */
  push(chunk: Buffer, scanner: MessageScanner): void {
    scanner.scan(chunk, (tag, start, end, isWhole) => {
      this.#parts.push(chunk.subarray(start, end));
      this.#partBytes += end - start;
      if (this.#openBytes + this.#partBytes > LONGEST_MESSAGE)
        throw new ProtocolViolation(`a round trip of more than ${LONGEST_MESSAGE} bytes`);
      if (!isWhole) return;
      const raw = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
      this.#parts = [];
      this.#partBytes = 0;
      this.#take({ tag, raw });
    });
  }

  /** The client sent its COPY data before it was asked for them: they do not wait for the round trip that takes them. */
  copyBegins(): void {
    const sent = [...this.#complete.splice(0).flat(), ...this.#messages];
    this.#messages = [];
    this.#completeBytes = this.#openBytes = 0;
    this.#onKept(0);
    for (const each of sent) this.#take(each);
  }

  #take(message: Message): void {
    if (NO_ROUND_TRIP.includes(message.tag) || this.#session.takesCopyData)
      return this.#session.sendAside(message);
    this.#messages.push(message);
    this.#openBytes += message.raw.length;
    if (!ENDS.includes(message.tag)) return;
    this.#complete.push(this.#messages);
    this.#completeBytes += this.#openBytes;
    this.#messages = [];
    this.#openBytes = 0;
    this.#onKept(this.#completeBytes);
    if (!this.#isServing) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    try {
      for (let messages = this.#complete.shift(); messages; messages = this.#complete.shift()) {
        this.#completeBytes -= messages.reduce((sum, { raw }) => sum + raw.length, 0);
        await this.#gate.roundTrip(this.#session, { messages });
        this.#onKept(this.#completeBytes);
      }
    } catch (error) {
      if (error instanceof ConnectionLost) return;
      this.#session.reset();
      this.#gate.failed(this.#session, error);
    } finally {
      this.#isServing = false;
    }
  }
}
