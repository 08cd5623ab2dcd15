import { ChildProgram, type Departure } from '../base/child-program.js';
import { Countdown } from '../base/countdown.js';
import { programPath } from '../base/package-files.js';
import { InfrastructureError } from '../domain/errors.js';
import type { Ledger } from './ledger.js';
import {
  PROTOCOL_VERSION,
  type FromWorker,
  type ServingTarget,
  type ToWorker,
  type WorkerJob,
  type WorkerSummary,
} from './messages.js';
import { idleMs, longestCallMs, PATIENCE, type Patience } from './patience.js';
import { Misconduct, readMessage } from './read-message.js';

/** Which program a worker process runs, and how long it is waited for. */
export interface WorkerProgram {
  readonly path: string;
  readonly patience: Patience;
}

const WORKER: WorkerProgram = {
  path: programPath('targets/worker-program'),
  patience: PATIENCE,
};

/** A change waits for a call of the warm-up, for the calls under way, and for what they leave to be done later. */
const CHANGE_CALLS = 3;

/**
 * One worker process as the coordinator sees it: a service instance with connections of its own. One that breaks the
 * protocol, or says nothing where it should, is ended, and whoever waits for it learns why.
 */
export class WorkerProcess {
  /** Resolves when the process is gone and all that it said was heard, or when it could not be started. */
  readonly gone: Promise<Departure>;
  readonly #child: ChildProgram<ToWorker>;
  readonly #name: string;
  readonly #patience: Patience;
  /** Rejects when the worker failed, died or was ended. */
  readonly #lost: Promise<never>;
  #lose!: (error: InfrastructureError) => void;
  /** Takes what the worker says. */
  #listener: (message: FromWorker) => void = unasked;
  #isEnded = false;
  #isGone = false;
  #isDelivering = false;
  /** Takes the answer to a change that was asked for: whether it was made. */
  #onChange: ((made: boolean) => void) | undefined;

  /**
   * @param index by which messages name it, from 0
   * @param program another program than the worker's in tests
   */
  constructor(index: number, { path, patience }: WorkerProgram = WORKER) {
    this.#child = new ChildProgram(path, (message) => this.#hear(message));
    this.#patience = patience;
    this.#name = `worker ${index + 1} (pid ${this.#child.pid})`;
    this.gone = this.#child.gone;
    this.#lost = new Promise((_, reject) => (this.#lose = reject));
    // Whoever waits for the worker learns of it; a death while nobody waits is met at the next message.
    this.#lost.catch(() => undefined);
    void this.gone.then(({ ran, how }) => {
      this.#isGone = true;
      this.#die(ran ? `${how} before it finished` : how);
    });
  }

  /** Whether the process has ended, however it did. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /**
   * Lets the worker connect, prepare and warm up; resolves when it stands at the barrier.
   *
   * @param job sent over the private channel: a connection string never shows in arguments or environment
   * @throws InfrastructureError when it failed, died or was ended before
   */
  async prepare(job: WorkerJob): Promise<void> {
    const readyMs = this.#patience.readyMs + longestCallMs(job);
    const late = this.#countdown(readyMs, 0, 'did not get ready');
    await this.#ask({ type: 'prepare', version: PROTOCOL_VERSION, job }, [late], (message) => {
      if (message.type !== 'ready') throw new Misconduct(`said ${message.type} before it was ready`);
      return true;
    });
  }

  /**
   * Releases the worker from the barrier; resolves when it has delivered its slice and closed its connections.
   *
   * @param ledger what it says is held against
   * @param listener takes what the worker says as it comes
   * @throws InfrastructureError when it failed, died or was ended before
   */
  async deliver(ledger: Ledger, listener: (message: FromWorker) => void): Promise<WorkerSummary> {
    const { job, startMicros } = ledger;
    const { quietMs, stuckMs } = this.#patience;
    const quiet = this.#countdown(quietMs, 0, 'said nothing');
    const stuck = this.#countdown(stuckMs + longestCallMs(job), idleMs(job), 'ended no call');
    this.#isDelivering = true;
    try {
      return await this.#ask({ type: 'start', atMicros: startMicros }, [quiet, stuck], (message) => {
        quiet.reset();
        if (ledger.hear(message)) stuck.reset();
        if (message.type === 'changed') this.#answerChange();
        listener(message);
        return message.type === 'done' ? message.summary : undefined;
      });
    } finally {
      this.#isDelivering = false;
      this.#onChange?.(false);
    }
  }

  /**
   * Has the worker direct new calls of its delivery elsewhere; resolves when those before have ended.
   *
   * @param job that it delivers
   * @returns whether it did; not where its delivery has ended
   * @throws InfrastructureError when it failed, died or was ended before
   */
  async change(change: ServingTarget, job: WorkerJob): Promise<boolean> {
    if (!this.#isDelivering) return false;
    const changeMs = this.#patience.readyMs + CHANGE_CALLS * longestCallMs(job);
    const late = this.#countdown(changeMs, 0, 'did not change its strategy');
    const made = new Promise<boolean>((resolve) => (this.#onChange = resolve));
    this.#child.send({ type: 'change', change });
    try {
      return await Promise.race([made, this.#lost]);
    } finally {
      late.stop();
      this.#onChange = undefined;
    }
  }

  /** Tells the worker that its load is over: calls under way are its last ones. */
  end(): void {
    this.#child.send({ type: 'end' });
  }

  /** Asks the worker to end its delivery early. */
  stop(): void {
    this.#child.send({ type: 'stop' });
  }

  /** Lets the worker go: it leaves when its channel closes. */
  dismiss(): void {
    this.#child.dismiss();
  }

  kill(): void {
    this.#child.kill();
  }

  /** Stops the process in mid-step, as a long garbage collection or a frozen host does. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Lets a paused process go on. */
  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Sends a message and listens until one that comes back is an answer. */
  async #ask<T>(
    message: ToWorker,
    countdowns: readonly Countdown[],
    answerOf: (message: FromWorker) => T | undefined,
  ): Promise<T> {
    const answered = new Promise<T>((resolve) => {
      this.#listener = (heard) => {
        const answer = answerOf(heard);
        if (answer === undefined) return;
        this.#listener = unasked;
        resolve(answer);
      };
    });
    this.#child.send(message);
    try {
      return await Promise.race([answered, this.#lost]);
    } finally {
      for (const countdown of countdowns) countdown.stop();
    }
  }

  #answerChange(): void {
    if (this.#onChange === undefined) throw new Misconduct('said changed without being asked');
    this.#onChange(true);
    this.#onChange = undefined;
  }

  #hear(given: unknown): void {
    if (this.#isEnded) return;
    try {
      const message = readMessage(given);
      if (message.type === 'failed') this.#fail(message.message);
      else this.#listener(message);
    } catch (error) {
      if (!(error instanceof Misconduct)) throw error;
      this.#end('worker_misbehaved', error.message);
    }
  }

  #countdown(limitMs: number, creditMs: number, what: string): Countdown {
    return new Countdown(limitMs, creditMs, () =>
      this.#end('worker_hung', `${what} for ${Math.ceil(limitMs / 1_000)} s`),
    );
  }

  /** Nothing more that it says is listened to. */
  #end(code: string, why: string): void {
    this.#isEnded = true;
    this.#lose(new InfrastructureError(code, `${this.#name} ${why}; it was killed`));
    this.kill();
  }

  /** What it says after that counts no more. */
  #fail(message: string): void {
    this.#isEnded = true;
    this.#die(`failed: ${message}`);
  }

  #die(how: string): void {
    this.#lose(new InfrastructureError('worker_died', `${this.#name} ${how}`));
  }
}

function unasked({ type }: FromWorker): never {
  throw new Misconduct(`said ${type} without being asked`);
}
