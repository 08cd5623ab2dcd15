import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { DelayLine } from './delay-line.js';

/** A client's connection by way of the proxy. */
export class ProxiedConnection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  #busy = false;
  #loseNext: (() => void) | undefined;

  /** @param rttMs the time that a request and its reply are late by, half of it each */
  constructor(client: Socket, upstream: NetConnectOpts, rttMs: number, onClose: () => void) {
    this.#client = client;
    this.#upstream = connect(upstream);
    const requests = new DelayLine<Buffer>(rttMs / 2, (data) => this.#upstream.write(data));
    const replies = new DelayLine<Buffer>(rttMs / 2, (data) => client.write(data));
    for (const socket of [client, this.#upstream]) {
      socket.setNoDelay(true);
      // Its 'close' follows: one side's end is the other's.
      socket.on('error', () => undefined);
    }
    client.on('data', (data: Buffer) => {
      this.#busy = true;
      requests.push(data);
    });
    this.#upstream.on('data', (data: Buffer) => {
      this.#busy = false;
      if (this.#loseNext === undefined) return replies.push(data);
      this.#loseNext();
      this.reset();
    });
    client.on('close', () => {
      this.#upstream.destroy();
      onClose();
    });
    this.#upstream.on('close', () => client.destroy());
  }

  /** Whether a request has gone by and its reply has not. */
  get busy(): boolean {
    return this.#busy;
  }

  /** @param onLost told when the reply was swallowed; undefined: no reply is to be lost */
  loseNextReply(onLost: (() => void) | undefined): void {
    this.#loseNext = onLost;
  }

  /** Breaks the connection on both sides. */
  reset(): void {
    this.#client.resetAndDestroy();
    this.#upstream.destroy();
  }
}
