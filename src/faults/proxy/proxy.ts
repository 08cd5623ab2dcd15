import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { NetConnectOpts } from 'node:net';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../database/child-environment.js';
import { clientConfig, type DatabaseTarget, type Endpoint } from '../../database/target.js';
import { InfrastructureError } from '../../domain/errors.js';
import type { FromProxy, ToProxy } from './messages.js';

const PROGRAM = fileURLToPath(new URL('./proxy-process.js', import.meta.url));

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
   * @throws InfrastructureError when its process dies
   */
  static async start(target: DatabaseTarget, rttMs: number): Promise<Proxy> {
    const child = fork(PROGRAM, {
      env: childEnvironment(process.env),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
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
    this.#child.disconnect();
    await exited;
  }

  #ask(message: ToProxy): Promise<number> {
    return ask(this.#child, this.#died, message);
  }
}

async function ask(child: ChildProcess, died: Promise<never>, message: ToProxy): Promise<number> {
  const answered = once(child, 'message').then(([answer]) => (answer as FromProxy).value);
  child.send(message);
  return Promise.race([answered, died]);
}

/** Where the server is, as node-postgres would connect to it: a host and port, or a socket's folder. */
function upstreamOf(target: DatabaseTarget): NetConnectOpts {
  const { host = '', port = 0 } = clientConfig(target);
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}
