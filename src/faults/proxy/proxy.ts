import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { NetConnectOpts } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '../../base/child-environment.js';
import { ownChild } from '../../base/own-children.js';
import { programPath } from '../../base/package-files.js';
import { clientConfig, type DatabaseTarget, type Endpoint } from '../../database/target.js';
import { InfrastructureError } from '../../domain/errors.js';
import type { FromProxy, ToProxy } from './messages.js';

const PROGRAM = programPath('faults/proxy/proxy-process');
const ANSWER_WITHIN_MS = 30_000;

/** The tool's own TCP proxy between a run's workers and the server: latency, lost replies, resets. */
export class Proxy {
  readonly #child: ChildProcess;
  readonly #died: Promise<never>;

  private constructor(
    child: ChildProcess,
    died: Promise<never>,
    /** Where workers connect. */
    readonly endpoint: Endpoint,
  ) {
    this.#child = child;
    this.#died = died;
  }

  /**
   * Starts the proxy.
   *
   * @param target the server behind it
   * @param rttMs what a round trip takes longer by it
   * @param program its own but in tests
   * @throws InfrastructureError when its process dies, or does not answer
   */
  static async start(target: DatabaseTarget, rttMs: number, program = PROGRAM): Promise<Proxy> {
    const child = ownChild(
      fork(program, {
        env: childEnvironment(process.env),
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
    const died = once(child, 'exit').then(() => {
      throw new InfrastructureError('proxy_died', 'the TCP proxy between workers and server died');
    });
    died.catch(() => undefined);
    const port = await ask(child, died, { type: 'open', upstream: upstreamOf(target), rttMs });
    return new Proxy(child, died, { host: '127.0.0.1', port });
  }

  /** From now on the next reply on each of today's connections is lost; returns how many there are. */
  loseNextReplies(): Promise<number> {
    return this.#ask({ type: 'lose-next-replies' });
  }

  /** What was not lost until now will not be. */
  async loseNoReplies(): Promise<void> {
    await this.#ask({ type: 'lose-no-replies' });
  }

  /** How many replies were lost since `loseNextReplies`. */
  repliesLost(): Promise<number> {
    return this.#ask({ type: 'replies-lost' });
  }

  /** Resets every connection with a request under way; returns how many there were. */
  resetBusyConnections(): Promise<number> {
    return this.#ask({ type: 'reset-busy' });
  }

  /** Ends the proxy and every connection through it. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), ANSWER_WITHIN_MS);
    if (this.#child.connected) this.#child.disconnect();
    await exited;
    clearTimeout(impatience);
  }

  #ask(message: ToProxy): Promise<number> {
    return ask(this.#child, this.#died, message);
  }
}

/** @throws InfrastructureError when it dies, does not answer, or not with a number; then it is killed */
async function ask(child: ChildProcess, died: Promise<never>, message: ToProxy): Promise<number> {
  const answered = once(child, 'message').then(([answer]) => valueOf(answer));
  const late = sleep(ANSWER_WITHIN_MS, NaN, { ref: false });
  child.send(message, () => undefined);
  const value = await Promise.race([answered, died, late]);
  if (!Number.isNaN(value)) return value;
  child.kill('SIGKILL');
  const problem = `the TCP proxy did not answer ${message.type}; it was killed`;
  throw new InfrastructureError('proxy_misbehaved', problem);
}

/** NaN where it is none. */
function valueOf(answer: unknown): number {
  const { value } = Object(answer) as Partial<FromProxy>;
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : NaN;
}

/** Where the server is, as node-postgres would connect to it: a host and port, or a socket's folder. */
function upstreamOf(target: DatabaseTarget): NetConnectOpts {
  const { host = '', port = 0 } = clientConfig(target);
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}
