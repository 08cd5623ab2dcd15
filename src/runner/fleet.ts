import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerProcess, type WorkerProgram } from './worker-process.js';

/** A worker that was let go and is still there after this long is killed. */
const DISMISSAL_DEADLINE_MS = 2_000;

/** The worker processes of a command: forked when first needed, kept for its later loads. */
export class WorkerFleet {
  readonly #workers: WorkerProcess[] = [];
  readonly #program: WorkerProgram | undefined;

  /** @param program another program than the worker's in tests */
  constructor(program?: WorkerProgram) {
    this.#program = program;
  }

  /** The first `count` workers; there are new processes in the place of those that are gone. */
  take(count: number): readonly WorkerProcess[] {
    return Array.from({ length: count }, (_, index) => {
      const worker = this.#workers[index];
      return worker === undefined || worker.isGone ? this.replace(index) : worker;
    });
  }

  /** A new process in the place of one that is gone. */
  replace(index: number): WorkerProcess {
    const worker = new WorkerProcess(index, this.#program);
    this.#workers[index] = worker;
    return worker;
  }

  /** Ends all workers; resolves when they are gone. A fleet that is used again forks anew. */
  async close(): Promise<void> {
    const workers = this.#workers.splice(0);
    const allGone = Promise.all(workers.map((worker) => worker.gone));
    for (const worker of workers) worker.dismiss();
    await killAtDeadline(workers, allGone, DISMISSAL_DEADLINE_MS);
    await allGone;
  }
}

/** Kills workers unless something has happened before the deadline. */
export async function killAtDeadline(
  workers: readonly Pick<WorkerProcess, 'kill'>[],
  happened: Promise<unknown>,
  deadlineMs: number,
): Promise<void> {
  const late = Symbol();
  const first = await Promise.race([happened, sleep(deadlineMs, late, { ref: false })]);
  if (first === late) for (const worker of workers) worker.kill();
}
