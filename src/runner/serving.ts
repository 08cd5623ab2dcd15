import type { CallAnswer, CallRequest, Instance, OpenInstance } from '../target/instance.js';
import { countersSince, sumCounters, type LoadCounters } from './counters.js';
import type { ServingTarget, WorkerJob } from './messages.js';
import { assignBy } from './requests.js';
import { warmUp } from './warm-up.js';

/** What a worker's calls go to: one instance of a target after the other, each with connections of its own. */
export class ServingInstances {
  readonly #open: OpenInstance;
  readonly #job: WorkerJob;
  readonly #generations: Generation[];
  #current: Generation;

  private constructor(open: OpenInstance, job: WorkerJob, first: Generation) {
    this.#open = open;
    this.#job = job;
    this.#generations = [first];
    this.#current = first;
  }

  /**
   * Opens an instance, connects and warms up for a job.
   *
   * @throws what the driver raises when the database cannot be used, or InfrastructureError
   */
  static async open(open: OpenInstance, job: WorkerJob): Promise<ServingInstances> {
    return new ServingInstances(open, job, await Generation.open(open, job, job, 0));
  }

  /** What all its instances did, their warm-ups apart. */
  get counters(): LoadCounters {
    return sumCounters(this.#generations.map((each) => each.counters));
  }

  /** Makes one call. */
  assign(requests: readonly CallRequest[]): Promise<readonly CallAnswer[]> {
    return this.#current.assign(requests);
  }

  /**
   * Directs new calls to another instance as soon as that is warm; resolves when the calls before have ended and the
   * instance before has settled what they left.
   *
   * @throws what the driver raises when the database cannot be used, or InfrastructureError
   */
  async change(change: ServingTarget): Promise<void> {
    const next = await Generation.open(this.#open, this.#job, change, this.#generations.length);
    const before = this.#current;
    this.#generations.push(next);
    this.#current = next;
    await before.close();
  }

  /** Settles and disconnects. */
  close(): Promise<void> {
    return this.#current.close();
  }
}

/** An instance and the calls under way on it. */
class Generation {
  readonly #instance: Instance;
  readonly #job: WorkerJob;
  /** When it was warm. */
  readonly #before: LoadCounters;
  #underWay = 0;
  #onIdle: () => void = () => undefined;

  private constructor(instance: Instance, job: WorkerJob, warmUpCalls: number) {
    this.#instance = instance;
    this.#job = job;
    this.#before = { ...instance.counters, warmUpCalls };
  }

  /** @param number of those before it in its worker */
  static async open(
    open: OpenInstance,
    job: WorkerJob,
    { spec, forms }: ServingTarget,
    number: number,
  ): Promise<Generation> {
    const instance = await open(spec, {
      connectionString: job.connectionString,
      source: job.source,
      schema: job.schema,
      connections: job.plan.scenario.connections,
      applicationName: job.applicationName,
      timeoutMs: job.timeoutMs,
      prepare: job.prepare,
      instance: job.workerIndex + 1,
      refs: job.refs,
    });
    return new Generation(instance, job, await warmUp(instance, job, { forms, generation: number }));
  }

  get counters(): LoadCounters {
    const { warmUpCalls } = this.#before;
    return { ...countersSince(this.#before, this.#instance.counters), warmUpCalls };
  }

  async assign(requests: readonly CallRequest[]): Promise<readonly CallAnswer[]> {
    this.#underWay += 1;
    try {
      return await assignBy(this.#instance, requests, this.#job.plan.scenario);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#onIdle();
    }
  }

  /** When no new calls come. */
  async close(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await this.#instance.close();
  }
}
