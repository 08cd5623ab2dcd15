import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Call } from '#els/domain/call.js';
import type { WorkloadPlan } from '#els/domain/scenario.js';
import { toCalls } from '#els/runner/call-chunks.js';
import { nowMicros } from '#els/base/clock.js';
import type { FromDoubleWorker, ToDoubleWorker } from './messages.js';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
const LOADER = new URL('../../support/typescript.js', import.meta.url).href;
const RELEASE_LEAD_MICROS = 20_000;

/** Worker processes whose engine is a double: forked once, used for one run after the other. */
export class DoubleFleet {
  readonly #workers: ChildProcess[] = [];

  /**
   * Delivers a plan by as many processes as it says.
   *
   * @returns every call of every worker
   */
  async deliver(
    plan: WorkloadPlan,
    bug: string,
    { url, schema }: { url: string; schema: string },
  ): Promise<Call[]> {
    const workers = this.#take(plan.scenario.workers);
    const jobs = workers.map((worker, workerIndex) =>
      tell(worker, { type: 'prepare', bug, plan, workerIndex, url, schema }, 'ready'),
    );
    await Promise.all(jobs);
    const calls: Call[] = [];
    const atMicros = nowMicros() + RELEASE_LEAD_MICROS;
    const deliveries = workers.map((worker, index) =>
      tell(worker, { type: 'start', atMicros }, 'done', (message) => {
        if (message.type === 'calls') calls.push(...toCalls(plan, index, message.chunk));
      }),
    );
    await Promise.all(deliveries);
    return calls;
  }

  async close(): Promise<void> {
    const ends = this.#workers.map((worker) => once(worker, 'exit'));
    for (const worker of this.#workers) worker.disconnect();
    await Promise.all(ends);
  }

  #take(count: number): readonly ChildProcess[] {
    while (this.#workers.length < count) {
      this.#workers.push(fork(WORKER, { execArgv: ['--import', LOADER], serialization: 'advanced' }));
    }
    return this.#workers.slice(0, count);
  }
}

/** Sends a message and waits for the answer of a type; a failure or death of the worker rejects. */
function tell(
  worker: ChildProcess,
  message: ToDoubleWorker,
  until: FromDoubleWorker['type'],
  onMessage: (message: FromDoubleWorker) => void = () => undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      worker.off('message', listener);
      worker.off('exit', onExit);
      settle();
    };
    const onExit = () => end(() => reject(new Error('the worker of a double died')));
    const listener = (answer: FromDoubleWorker) => {
      onMessage(answer);
      if (answer.type === 'failed') end(() => reject(new Error(answer.message)));
      if (answer.type === until) end(resolve);
    };
    worker.on('message', listener);
    worker.on('exit', onExit);
    worker.send(message);
  });
}
