import { Worker } from 'node:worker_threads';

/** A thread can still speak where the event loop cannot. */
const PROGRAM = `
  const { workerData: { beats, limitMs, what } } = require('node:worker_threads');
  for (;;) {
    const seen = Atomics.load(beats, 0);
    if (Atomics.wait(beats, 0, seen, limitMs) !== 'timed-out') continue;
    require('node:fs').writeSync(2, what + ': case ' + seen + ' has not ended\\n');
    process.kill(process.pid, 'SIGKILL');
  }`;

/** Ends this process, with a line that says where, if two beats lie further apart than a limit. */
export class Watchdog {
  readonly #beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #thread: Worker;

  constructor(what: string, limitMs: number) {
    const workerData = { beats: this.#beats, limitMs, what };
    this.#thread = new Worker(PROGRAM, { eval: true, workerData });
  }

  beat(): void {
    Atomics.add(this.#beats, 0, 1);
    Atomics.notify(this.#beats, 0);
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
  }
}
