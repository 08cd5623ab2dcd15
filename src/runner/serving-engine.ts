import { createPool, explainConnectFailure, type DatabasePool } from '../database/pool.js';
import { withConnectionString } from '../database/address.js';
import { optionsOf } from '../targets/els/target.js';
import { createAssignmentEngine, type AssignmentEngine } from '../targets/els/engine/engine.js';
import { countersSince, sumCounters, type LoadCounters } from './counters.js';
import type { TargetChange, WorkerJob } from './messages.js';
import { warmUp } from './warm-up.js';

/** What a worker's calls go to: one engine after the other, each on a pool of its own. */
export class ServingEngine implements Pick<AssignmentEngine, 'assign' | 'assignMany'> {
  readonly #job: WorkerJob;
  readonly #generations: Generation[];
  #current: Generation;

  private constructor(job: WorkerJob, first: Generation) {
    this.#job = job;
    this.#generations = [first];
    this.#current = first;
  }

  /**
   * Connects and warms up for a job.
   *
   * @throws InfrastructureError when the database cannot be used
   */
  static async open(job: WorkerJob): Promise<ServingEngine> {
    return new ServingEngine(job, await Generation.open(job, job, 0));
  }

  /** What all its engines did, their warm-ups apart. */
  get counters(): LoadCounters {
    return sumCounters(this.#generations.map((each) => each.counters));
  }

  assign(...call: Parameters<AssignmentEngine['assign']>): ReturnType<AssignmentEngine['assign']> {
    return this.#current.serve((engine) => engine.assign(...call));
  }

  assignMany(
    ...call: Parameters<AssignmentEngine['assignMany']>
  ): ReturnType<AssignmentEngine['assignMany']> {
    return this.#current.serve((engine) => engine.assignMany(...call));
  }

  /**
   * Directs new calls to another engine as soon as that is warm; resolves when the calls before have ended and the
   * engine before has paid its completion debts.
   *
   * @throws InfrastructureError when the database cannot be used
   */
  async change(change: TargetChange): Promise<void> {
    const next = await Generation.open(this.#job, change, this.#generations.length);
    const before = this.#current;
    this.#generations.push(next);
    this.#current = next;
    await before.close();
  }

  /** Pays all completion debts and disconnects. */
  close(): Promise<void> {
    return this.#current.close();
  }
}

/** An engine in its time. */
class Generation {
  readonly #engine: AssignmentEngine;
  readonly #pool: DatabasePool;
  /** When it was warm. */
  readonly #before: LoadCounters;
  #underWay = 0;
  #onIdle: () => void = () => undefined;

  private constructor(engine: AssignmentEngine, pool: DatabasePool, warmUpCalls: number) {
    this.#engine = engine;
    this.#pool = pool;
    this.#before = { ...engine.counters, warmUpCalls };
  }

  /** @param number of those before it in its worker */
  static async open(job: WorkerJob, { spec, forms }: TargetChange, number: number): Promise<Generation> {
    const address = withConnectionString(job.source, job.connectionString);
    const { connections } = job.plan.scenario;
    const pool = createPool(address, { connections, applicationName: job.applicationName, via: job.via });
    const { schema, timeoutMs, prepare } = job;
    const engine = createAssignmentEngine(pool, { ...optionsOf(spec), schema, timeoutMs, prepare });
    try {
      const warmUpCalls = await warmUp(engine, job, { forms, generation: number });
      return new Generation(engine, pool, warmUpCalls);
    } catch (error) {
      throw explainConnectFailure(address, error instanceof Error && error.cause ? error.cause : error);
    }
  }

  get counters(): LoadCounters {
    const { warmUpCalls } = this.#before;
    return { ...countersSince(this.#before, this.#engine.counters), warmUpCalls };
  }

  async serve<T>(call: (engine: AssignmentEngine) => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await call(this.#engine);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#onIdle();
    }
  }

  /** When no new calls come. */
  async close(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await this.#engine.close();
    await this.#pool.end();
  }
}
