import { withConnectionString } from '../../database/address.js';
import { databaseFailure } from '../../database/failure.js';
import { createPool, type DatabasePool } from '../../database/pool.js';
import type {
  CallAnswer,
  CallRequest,
  Instance,
  InstanceCounters,
  InstanceSettings,
} from '../../target/instance.js';
import type { TargetSpec } from '../../target/target.js';
import { toAnswer, toEnd, toRequest } from './call-end.js';
import { createAssignmentEngine, type AssignmentEngine } from './engine/engine.js';
import { optionsOf } from './target.js';

/**
 * Opens an engine on a pool of its own. It connects when it is first used.
 *
 * @param spec of a target of this kind
 * @throws UsageError `needs_session` when the strategy cannot do with `prepare: false`
 */
export function openElsInstance(spec: TargetSpec, settings: InstanceSettings): Instance {
  const { connections, applicationName, schema, timeoutMs, prepare } = settings;
  const address = withConnectionString(settings.source, settings.connectionString);
  const pool = createPool(address, { connections, applicationName });
  const engine = createAssignmentEngine(pool, { ...optionsOf(spec), schema, timeoutMs, prepare });
  return new ElsInstance(pool, engine);
}

/** An engine and its pool. */
class ElsInstance implements Instance {
  readonly #pool: DatabasePool;
  readonly #engine: AssignmentEngine;
  #closed: Promise<void> | undefined;

  constructor(pool: DatabasePool, engine: AssignmentEngine) {
    this.#pool = pool;
    this.#engine = engine;
  }

  get counters(): InstanceCounters {
    const { roundTrips, retriesByCode, completionLooks } = this.#engine.counters;
    return { roundTrips, retriesByCode, counts: { completionLooks } };
  }

  async connect(connections: number): Promise<void> {
    try {
      await this.#engine.connect(connections);
    } catch (error) {
      if (databaseFailure(error)?.kind !== 'statement') throw error;
    }
  }

  assign(request: CallRequest): Promise<CallAnswer> {
    const { redelivered } = request;
    return this.#engine.assign(toRequest(request), { redelivered }).then(toEnd, toAnswer);
  }

  async assignMany(requests: readonly CallRequest[]): Promise<readonly CallAnswer[]> {
    const redelivered = requests.some((request) => request.redelivered);
    const results = await this.#engine.assignMany(requests.map(toRequest), { redelivered });
    return results.map((each) => (each.status === 'fulfilled' ? toEnd(each.value) : toAnswer(each.reason)));
  }

  settle(): Promise<void> {
    return this.#engine.settle();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    try {
      await this.#engine.close();
    } catch (error) {
      // A look that still waits for its answer is not waited for.
      void this.#pool.end();
      throw error;
    }
    await this.#pool.end();
  }
}
