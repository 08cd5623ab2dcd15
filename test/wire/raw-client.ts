import type { Socket } from 'node:net';
import pg from 'pg';
import type { ServerAddress } from '#els/database/address.js';

const GIVE_UP_MS = 2_000;

/** A connection on which a test speaks the protocol itself; node-postgres has logged in. */
export class RawClient {
  /** Types of the server's messages since the last `expect`. */
  #tags = '';
  #rest = Buffer.alloc(0);
  readonly #heard: Buffer[] = [];
  #note: () => void = () => undefined;
  /** How the connection ended: `end`, or the error's code. */
  readonly ended: Promise<string>;

  private constructor(
    readonly socket: Socket,
    readonly pid: number,
  ) {
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => this.#hear(chunk));
    this.ended = new Promise((resolve) => {
      socket.on('end', () => resolve('end'));
      socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? ''));
    });
  }

  static async connect({ connectionString }: ServerAddress): Promise<RawClient> {
    const client = new pg.Client({ connectionString });
    client.on('error', () => undefined);
    await client.connect();
    const { connection, processID } = client as unknown as { connection: pg.Connection; processID: number };
    return new RawClient(connection.stream as Socket, processID);
  }

  /** All bytes that the server sent. */
  get heard(): Buffer {
    return Buffer.concat(this.#heard);
  }

  /** @param cut so many bytes at once; a turn of the event loop between */
  async send(bytes: Buffer, cut = Infinity): Promise<void> {
    for (let at = 0; at < bytes.length; at += cut) {
      this.socket.write(bytes.subarray(at, at + cut));
      if (cut < bytes.length) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /**
   * Waits until messages of these types came, and no others.
   *
   * @throws Error when others came, or not all within a time
   */
  async expect(tags: string): Promise<void> {
    const deadline = setTimeout(() => this.#note(), GIVE_UP_MS);
    const from = performance.now();
    while (this.#tags.length < tags.length && performance.now() - from < GIVE_UP_MS)
      await new Promise<void>((resolve) => (this.#note = resolve));
    clearTimeout(deadline);
    const came = this.#tags;
    this.#tags = '';
    if (came !== tags)
      throw new Error(`expected messages ${tags}, came ${came}: ${this.heard.toString('latin1')}`);
  }

  close(): void {
    this.socket.destroy();
  }

  #hear(chunk: Buffer): void {
    this.#heard.push(chunk);
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 5 && this.#rest.length > this.#rest.readInt32BE(1)) {
      this.#tags += String.fromCharCode(this.#rest[0] as number);
      this.#rest = this.#rest.subarray(1 + this.#rest.readInt32BE(1));
    }
    this.#note();
  }
}
