import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InfrastructureError } from '../domain/errors.js';
import type { CallChunk, FromWorker, ToWorker, WorkerJob, WorkerSummary } from './messages.js';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** One worker process as the coordinator sees it: a service instance with connections of its own. */
export class WorkerProcess {
  /** Resolves when the process is gone, or could not be started. */
  readonly gone: Promise<unknown>;
  readonly #child: ChildProcess;
  /** Rejects when the worker failed or died. */
  readonly #lost: Promise<never>;

  /** @param index by which messages name it, from 0 */
  constructor(index: number) {
    const child = fork(WORKER, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child = child;
    this.gone = new Promise((resolve) => {
      for (const end of ['exit', 'error']) child.once(end, resolve);
    });
    this.#lost = loss(child, `worker ${index + 1} (pid ${child.pid})`);
    // Whoever waits for the worker learns of it; a death while nobody waits is met at the next message.
    this.#lost.catch(() => undefined);
  }

  /**
   * Lets the worker connect, prepare and warm up; resolves when it stands at the barrier.
   *
   * @param job sent over the private channel: a connection string never shows in arguments or environment
   * @throws InfrastructureError when it failed or died before
   */
  async prepare(job: WorkerJob): Promise<void> {
    const ready = firstMessage(this.#child, 'ready');
    this.send({ type: 'prepare', job });
    await Promise.race([ready, this.#lost]);
  }

  /**
   * Releases the worker from the barrier; resolves when it has delivered its slice and closed its connections.
   *
   * @param onCalls takes the history as it comes
   * @throws InfrastructureError when it failed or died before
   */
  async deliver(atMicros: number, onCalls: (chunk: CallChunk) => void): Promise<WorkerSummary> {
    const listener = (message: FromWorker) => {
      if (message.type === 'calls') onCalls(message.chunk);
    };
    this.#child.on('message', listener);
    const done = firstMessage(this.#child, 'done');
    this.send({ type: 'start', atMicros });
    try {
      return (await Promise.race([done, this.#lost])).summary;
    } finally {
      this.#child.off('message', listener);
    }
  }

  /** Asks the worker to end its delivery early. */
  stop(): void {
    this.send({ type: 'stop' });
  }

  /** Lets the worker go: it leaves when its channel closes. */
  dismiss(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** A worker that is gone already is reported by whoever waits for it. */
  private send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

function loss(child: ChildProcess, name: string): Promise<never> {
  return new Promise((_, reject) => {
    const lose = (what: string) => reject(new InfrastructureError('worker_died', `${name} ${what}`));
    child.once('error', (error) => lose(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      lose(`${signal ? `was killed by ${signal}` : `exited with code ${code}`} before it finished`);
    });
    void firstMessage(child, 'failed').then(({ message }) => lose(`failed: ${message}`));
  });
}

type MessageOf<T extends FromWorker['type']> = Extract<FromWorker, { type: T }>;

function firstMessage<T extends FromWorker['type']>(child: ChildProcess, type: T): Promise<MessageOf<T>> {
  return new Promise((resolve) => {
    const listener = (message: FromWorker) => {
      if (message.type !== type) return;
      child.off('message', listener);
      resolve(message as MessageOf<T>);
    };
    child.on('message', listener);
  });
}
