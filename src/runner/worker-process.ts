import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { InfrastructureError } from '../domain/errors.js';
import type { CallChunk, FromWorker, ToWorker, WorkerJob, WorkerSummary } from './messages.js';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** One worker process as the coordinator sees it. */
export class WorkerProcess {
  /** Resolves when it stands at the barrier; rejects when it failed or died before. */
  readonly ready: Promise<void>;
  /** Resolves with its summary; rejects when it failed or died before. */
  readonly done: Promise<WorkerSummary>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;
  readonly #child: ChildProcess;

  /**
   * @param job sent over the private channel: a connection string never shows in arguments or environment
   * @param onCalls takes the history as it comes
   */
  constructor(job: WorkerJob, onCalls: (chunk: CallChunk) => void) {
    const child = fork(WORKER, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child = child;
    this.gone = once(child, 'exit');
    const name = `worker ${job.workerIndex + 1} (pid ${child.pid})`;
    const died = new Promise<never>((_, reject) => {
      child.once('error', (error) => reject(workerDied(`${name} could not be started: ${error.message}`)));
      child.once('exit', (code, signal) => {
        reject(
          workerDied(
            `${name} ${signal ? `was killed by ${signal}` : `exited with code ${code}`} before it finished`,
          ),
        );
      });
    });
    const failed = new Promise<never>((_, reject) => {
      onMessage(child, 'failed', ({ message }) => reject(workerDied(`${name} failed: ${message}`)));
    });
    onMessage(child, 'calls', ({ chunk }) => onCalls(chunk));
    this.ready = Promise.race([firstMessage(child, 'ready'), failed, died]).then(() => undefined);
    this.done = Promise.race([firstMessage(child, 'done'), failed, died]).then(({ summary }) => summary);
    // Whoever awaits them later learns of it; until then a death is not an unhandled rejection.
    this.ready.catch(() => undefined);
    this.done.catch(() => undefined);
    this.send({ type: 'prepare', job });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a message; a worker that is gone already is reported by `done`. */
  send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function workerDied(message: string): InfrastructureError {
  return new InfrastructureError('worker_died', message);
}

type MessageOf<T extends FromWorker['type']> = Extract<FromWorker, { type: T }>;

function onMessage<T extends FromWorker['type']>(
  child: ChildProcess,
  type: T,
  handle: (message: MessageOf<T>) => void,
): void {
  child.on('message', (message: FromWorker) => {
    if (message.type === type) handle(message as MessageOf<T>);
  });
}

function firstMessage<T extends FromWorker['type']>(child: ChildProcess, type: T): Promise<MessageOf<T>> {
  return new Promise((resolve) => onMessage(child, type, resolve));
}
