import type { NetConnectOpts } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildProgram } from '../../base/child-program.js';
import { programPath } from '../../base/package-files.js';
import { clientConfig, type ServerAddress, type Endpoint } from '../../database/address.js';
import { InfrastructureError } from '../../domain/errors.js';
import type { FromProxy, ToProxy } from './messages.js';

const PROGRAM = programPath('faults/proxy/proxy-process');
const ANSWER_WITHIN_MS = 30_000;

/** The tool's own TCP proxy between a run's workers and the server: latency, lost replies, resets. */
export class Proxy {
  readonly #questions: Questions;

  private constructor(
    questions: Questions,
    /** Where workers connect. */
    readonly endpoint: Endpoint,
  ) {
    this.#questions = questions;
  }

  /**
   * Starts the proxy.
   *
   * @param address the server behind it
   * @param rttMs what a round trip takes longer by it
   * @param program another program than the proxy's in tests
   * @throws InfrastructureError when its process dies, or does not answer
   */
  static async start(address: ServerAddress, rttMs: number, program = PROGRAM): Promise<Proxy> {
    const questions = new Questions(program);
    const port = await questions.ask({ type: 'open', upstream: upstreamOf(address), rttMs });
    return new Proxy(questions, { host: '127.0.0.1', port });
  }

  /** From now on the next reply on each of today's connections is lost; returns how many there are. */
  loseNextReplies(): Promise<number> {
    return this.#questions.ask({ type: 'lose-next-replies' });
  }

  /** What was not lost until now will not be. */
  async loseNoReplies(): Promise<void> {
    await this.#questions.ask({ type: 'lose-no-replies' });
  }

  /** How many replies were lost since `loseNextReplies`. */
  repliesLost(): Promise<number> {
    return this.#questions.ask({ type: 'replies-lost' });
  }

  /** Resets every connection with a request under way; returns how many there were. */
  resetBusyConnections(): Promise<number> {
    return this.#questions.ask({ type: 'reset-busy' });
  }

  /** Ends the proxy and every connection through it. */
  close(): Promise<void> {
    return this.#questions.close();
  }
}

/** What the proxy's process is asked; it answers one question after the other. */
class Questions {
  readonly #child: ChildProgram<ToProxy>;
  readonly #died: Promise<never>;
  /** Who waits for an answer, in the order of their questions. */
  readonly #waiting: ((answer: number) => void)[] = [];

  constructor(program: string) {
    this.#child = new ChildProgram(program, (answer) => this.#waiting.shift()?.(valueOf(answer)));
    this.#died = this.#child.gone.then(() => {
      throw new InfrastructureError('proxy_died', 'the TCP proxy between workers and server died');
    });
    this.#died.catch(() => undefined);
  }

  /** @throws InfrastructureError when it dies, does not answer, or not with a number; then it is killed */
  async ask(message: ToProxy): Promise<number> {
    const answered = new Promise<number>((resolve) => this.#waiting.push(resolve));
    const late = sleep(ANSWER_WITHIN_MS, NaN, { ref: false });
    this.#child.send(message);
    const value = await Promise.race([answered, this.#died, late]);
    if (!Number.isNaN(value)) return value;
    this.#child.kill();
    const problem = `the TCP proxy did not answer ${message.type}; it was killed`;
    throw new InfrastructureError('proxy_misbehaved', problem);
  }

  async close(): Promise<void> {
    const impatience = setTimeout(() => this.#child.kill(), ANSWER_WITHIN_MS);
    this.#child.dismiss();
    await this.#child.gone;
    clearTimeout(impatience);
  }
}

/** NaN where it is none. */
function valueOf(answer: unknown): number {
  const { value } = Object(answer) as Partial<FromProxy>;
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : NaN;
}

/** Where the server is, as node-postgres would connect to it: a host and port, or a socket's folder. */
function upstreamOf(address: ServerAddress): NetConnectOpts {
  const { host = '', port = 0 } = clientConfig(address);
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}
