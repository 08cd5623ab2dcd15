import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../database/child-environment.js';
import { InfrastructureError } from '../domain/errors.js';
import type { FromWorker, ToWorker, WorkerJob, WorkerSummary } from './messages.js';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** One worker process as the coordinator sees it: a service instance with connections of its own. */
export class WorkerProcess {
  /** Resolves when the process is gone and all that it said was heard, or when it could not be started. */
  readonly gone: Promise<void>;
  readonly #child: ChildProcess;
  /** Rejects when the worker failed or died. */
  readonly #lost: Promise<never>;

  /** @param index by which messages name it, from 0 */
  constructor(index: number) {
    const child = fork(WORKER, {
      env: childEnvironment(process.env),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    this.gone = departure(child);
    this.#lost = loss(child, this.gone, `worker ${index + 1} (pid ${child.pid})`);
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
   * @param listener takes what the worker says as it comes
   * @throws InfrastructureError when it failed or died before
   */
  async deliver(atMicros: number, listener: (message: FromWorker) => void): Promise<WorkerSummary> {
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

  /** Stops the process in mid-step, as a long garbage collection or a frozen host does. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Lets a paused process go on. */
  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** A worker that is gone already is reported by whoever waits for it. */
  private send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

/** The channel may hold messages yet when the process has ended. */
async function departure(child: ChildProcess): Promise<void> {
  const heard = new Promise((resolve) => child.once('disconnect', resolve));
  const ended = new Promise<'exit' | 'error'>((resolve) => {
    child.once('exit', () => resolve('exit'));
    child.once('error', () => resolve('error'));
  });
  if ((await ended) === 'exit') await heard;
}

function loss(child: ChildProcess, gone: Promise<void>, name: string): Promise<never> {
  return new Promise((_, reject) => {
    const lose = (what: string) => reject(new InfrastructureError('worker_died', `${name} ${what}`));
    child.once('error', (error) => lose(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      const how = signal ? `was killed by ${signal}` : `exited with code ${code}`;
      void gone.then(() => lose(`${how} before it finished`));
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
