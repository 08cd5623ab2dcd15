import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenInstance } from '../target/instance.js';
import { PROTOCOL_VERSION, type FromWorker, type ToWorker } from './messages.js';
import { toReason, WorkerLoad } from './worker-load.js';

/** How soon after a signal to the group the coordinator's stop arrives at the latest. */
const STOP_FOLLOWS_MS = 500;

/** Ends this process, whatever foreign code finds in the place of `process.exit`. */
const leave = process.exit.bind(process);

/**
 * Makes this process a worker: for each load it is asked for it prepares, says ready, waits for the barrier, delivers and
 * says done. It ends when the coordinator lets it go, or died.
 *
 * @param open makes what the calls go to
 */
export function serveWorker(open: OpenInstance): void {
  const worker = new Worker(open);
  // That foreign code ends the process is said by name.
  process.exit = ((code?: number) => {
    const message = `the target's code called process.exit(${code ?? ''})`;
    void send({ type: 'failed', message }).then(() => leave(code));
  }) as typeof process.exit;
  // Ctrl-C reaches the whole process group; the coordinator decides what becomes of the workers.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void worker.endUnlessStopped());
  // Leaving closes the connections.
  process.on('disconnect', () => leave());
  process.on('message', (message: ToWorker) => worker.hear(message));
}

class Worker {
  readonly #open: OpenInstance;
  /** The last one that was asked for. */
  #load: WorkerLoad | undefined;

  constructor(open: OpenInstance) {
    this.#open = open;
  }

  hear(message: ToWorker): void {
    switch (message.type) {
      case 'prepare':
        void this.#reporting(this.#prepare(message));
        break;
      case 'start':
        void this.#reporting(this.#deliver(message.atMicros));
        break;
      case 'change':
        if (this.#load) void this.#reporting(this.#load.change(message.change));
        break;
      case 'end':
        this.#load?.end();
        break;
      case 'stop':
        this.#load?.stop();
        break;
    }
  }

  /** A signal meant for the whole group is followed by the coordinator's stop; one meant for this process is not. */
  async endUnlessStopped(): Promise<void> {
    await sleep(STOP_FOLLOWS_MS);
    if (this.#load?.isStopped) return;
    process.removeAllListeners('SIGTERM');
    process.kill(process.pid, 'SIGTERM');
  }

  async #prepare({ version, job }: ToWorker & { type: 'prepare' }): Promise<void> {
    if (version !== PROTOCOL_VERSION)
      throw new Error(`this program is of another version than the coordinator`);
    this.#load = new WorkerLoad(this.#open, job, send);
    await this.#load.prepare();
  }

  async #deliver(startMicros: number): Promise<void> {
    if (this.#load === undefined) throw new Error('started before it was prepared');
    await this.#load.deliver(startMicros);
  }

  async #reporting(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const { message } = this.#load?.reasonOf(error) ?? toReason(error);
      await send({ type: 'failed', message });
    }
  }
}

/** Where the coordinator has hung up and its 'disconnect' is still on its way, nobody listens: the worker leaves. */
function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, (error) => (error ? leave() : resolve()));
  });
}
