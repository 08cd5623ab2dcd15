import { OF_CLIENT } from './tags.js';

/**
 * The longest message, its length included: PQ_LARGE_MESSAGE_LIMIT, which is MaxAllocSize - 1.
 * Source: PostgreSQL, src/include/libpq/libpq.h and src/include/utils/memutils.h.
 */
export const LONGEST_MESSAGE = 0x3fffffff;

const HEADER_BYTES = 5;
const LENGTH_BYTES = 4;

/** One side said what the protocol does not know: where its next message begins cannot be told. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
}

/**
 * Told of each piece of a message that a chunk holds: from `start` up to `end` of the chunk; `isWhole` where the message ends
 * there.
 */
export type Visit = (tag: number, start: number, end: number, isWhole: boolean) => void;

const CLIENT_TAGS: ReadonlySet<number> = new Set(
  Object.values(OF_CLIENT).filter((tag) => tag !== OF_CLIENT.password),
);

/** Tells where messages end in a stream that comes in chunks, cut anywhere. It keeps no byte of a body. */
export class MessageScanner {
  readonly #isKnown: (tag: number) => boolean;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #filled = 0;
  #left = 0;

  private constructor(isKnown: (tag: number) => boolean) {
    this.#isKnown = isKnown;
  }

  /** Of a client, once it is let in; what PostgreSQL refuses as an invalid message type is refused. */
  static ofClient(): MessageScanner {
    return new MessageScanner((tag) => CLIENT_TAGS.has(tag));
  }

  /** Of a server; types that this version does not know go by. */
  static ofServer(): MessageScanner {
    return new MessageScanner(() => true);
  }

  /** The type of the message of which only a part came so far; undefined between two messages. */
  get unfinished(): number | undefined {
    return this.#filled > 0 ? this.#header[0] : undefined;
  }

  /**
   * Goes through a chunk.
   *
   * @param visit may not call `scan`
   * @throws ProtocolViolation at a type that is not known or a length that no message has
   */
  scan(chunk: Buffer, visit: Visit): void {
    let at = 0;
    while (at < chunk.length) {
      const start = at;
      if (this.#filled < HEADER_BYTES) {
        at = this.#readHeader(chunk, at);
        if (this.#filled < HEADER_BYTES) return visit(this.#header[0] as number, start, at, false);
      }
      const taken = Math.min(this.#left, chunk.length - at);
      at += taken;
      this.#left -= taken;
      const isWhole = this.#left === 0;
      if (isWhole) this.#filled = 0;
      visit(this.#header[0] as number, start, at, isWhole);
    }
  }

  /** Returns where the body begins, or the end of the chunk. */
  #readHeader(chunk: Buffer, from: number): number {
    const taken = Math.min(HEADER_BYTES - this.#filled, chunk.length - from);
    for (let each = 0; each < taken; each += 1)
      this.#header[this.#filled + each] = chunk[from + each] as number;
    if (this.#filled === 0) this.#checkTag();
    this.#filled += taken;
    if (this.#filled === HEADER_BYTES) this.#left = this.#bodyLength();
    return from + taken;
  }

  #checkTag(): void {
    const tag = this.#header[0] as number;
    if (!this.#isKnown(tag)) throw new ProtocolViolation(`invalid frontend message type ${tag}`);
  }

  #bodyLength(): number {
    const length = this.#header.readInt32BE(1);
    if (length >= LENGTH_BYTES && length <= LONGEST_MESSAGE) return length - LENGTH_BYTES;
    const type = JSON.stringify(String.fromCharCode(this.#header[0] as number));
    throw new ProtocolViolation(`invalid message length ${length} of a message of type ${type}`);
  }
}
