import type { ClientBase } from 'pg';
import { databaseFailure } from '../../../database/failure.js';
import type { DatabasePool } from '../../../database/pool.js';
import { Session, type RoundTripCounter } from '../../../database/session.js';
import { loadStatement } from './statement.js';
import type { AssignmentRequest, AssignmentResult, EngineCounters } from './assignment.js';
import { assignMany } from './assign-many.js';
import { assignOne, OWN_ASSIGNMENT } from './assign-one.js';
import { Attempts, type CallUnderWay } from './attempts.js';
import { CallLog, type CallTrace, type EngineLogger } from './call-log.js';
import { CompletionChecks, type LookResult } from './completion-checks.js';
import { EngineConnections } from './connections.js';
import { contentionStatements } from './contention.js';
import { createStrategy } from './create-strategy.js';
import type { EngineParts } from './engine-parts.js';
import { LowWaterMarks } from './low-water.js';
import { checkKeepsNothing } from './keeps-nothing.js';
import { checkRequest, checkRequests } from './request.js';
import { rejected } from './many-results.js';
import { closedError } from './outcome-errors.js';
import { pauseBeforeRetry } from './retry.js';
import { Routes } from './routes.js';
import type { StrategySpec } from './strategy.js';

/** How an engine assigns. */
export interface EngineOptions {
  /** Default: `legacy`, the path with all flags off. */
  readonly strategy?: StrategySpec;
  /**
   * Serves the batches that have another inventory than the strategy's, while batches are migrated from one to the other.
   * Default: none, and calls on such batches fail with `inventory_mismatch`.
   */
  readonly otherInventory?: StrategySpec | undefined;
  /** Serialize calls with the same batch and content. Default: off. */
  readonly advisoryLocks?: boolean;
  /** The schema that `setup` created. Default: `els_assign`. */
  readonly schema?: string;
  /** How long one call may wait and retry. Default: 10,000. 0: one attempt, no retry. */
  readonly timeoutMs?: number;
  /**
   * Prepare statements under their names and set each session up once: the fastest, and right on direct connections
   * and behind a pooler in session mode. False: each transaction carries its settings and unnamed statements, as a
   * pooler in transaction mode needs it. Default: true.
   */
  readonly prepare?: boolean;
  /** Is told how each call ended, and where its time went. Default: none. */
  readonly logger?: EngineLogger | undefined;
}

const LOOK = loadStatement('completion/look');
const LOOK_MANY = loadStatement('completion/look-many');

/** lock_timeout = 0 would mean: wait for ever. */
const SHORTEST_LOCK_TIMEOUT_MS = 1;

/** What the caller knows of earlier deliveries of the same call. */
export interface DeliveryOptions {
  /**
   * An earlier call with the same correlationId may have happened without its caller being told (a message broker's
   * `redelivered`): if it did, this one answers `created`, `recovered`. Default: false.
   */
  readonly redelivered?: boolean;
}

/**
 * Gives each content exactly one slot of its batch. Safe to use from many calls at once, one connection per
 * call in flight, and from many processes.
 */
export class AssignmentEngine {
  readonly #connections: EngineConnections;
  readonly #parts: EngineParts;
  readonly #timeoutMs: number;
  readonly #log: CallLog | undefined;
  readonly #looks: RoundTripCounter = { roundTrips: 0 };
  #isClosed = false;

  /**
   * @param pool connections for this engine alone: it sets their search_path and prepares its statements
   * @throws UsageError `invalid_strategy` when `options.strategy` names none or fills what `otherInventory` does, `needs_session` when the strategy cannot
   *   do with `prepare: false`
   */
  constructor(pool: DatabasePool, options: EngineOptions = {}) {
    const {
      strategy: spec = { kind: 'built-in', name: 'legacy' },
      otherInventory,
      advisoryLocks = false,
    } = options;
    const { schema = 'els_assign', timeoutMs = 10_000, prepare = true, logger } = options;
    const other = otherInventory && createStrategy(otherInventory, advisoryLocks);
    const routes = new Routes(createStrategy(spec, advisoryLocks), other);
    if (!prepare) routes.strategies.forEach(checkKeepsNothing);
    const lockTimeoutMs = Math.max(SHORTEST_LOCK_TIMEOUT_MS, timeoutMs);
    const settings = { schema, lockTimeoutMs, keepsNothing: !prepare };
    const statements = new Set([
      ...routes.strategies.flatMap((strategy) => strategy.statements),
      ...routes.strategies.flatMap((strategy) => contentionStatements(strategy.inventory)),
      ...[LOOK, LOOK_MANY, OWN_ASSIGNMENT],
    ]);
    this.#timeoutMs = timeoutMs;
    this.#connections = new EngineConnections(pool, settings, [...statements]);
    this.#parts = {
      routes,
      attempts: new Attempts(this.#connections),
      claims: { roundTrips: 0 },
      marks: new LowWaterMarks(),
      checks: new CompletionChecks({
        together: (batchIds) => this.#connections.use((client) => this.#lookTogether(client, batchIds)),
        waiting: (batchId) => this.#connections.use((client) => this.#look(client, batchId)),
      }),
      look: (client, batchId) => this.#look(client, batchId),
    };
    this.#log = logger && new CallLog(logger, this.#parts.claims);
  }

  /** What the engine did so far. */
  get counters(): EngineCounters {
    return {
      roundTrips: this.#parts.claims.roundTrips,
      completionLooks: this.#looks.roundTrips,
      retriesByCode: { ...this.#parts.attempts.retriesByCode },
    };
  }

  /**
   * Gives a content its slot. Idempotent: after an error that is `retryable`, call again.
   *
   * @returns how the call ended
   * @throws AssignmentError when there is no outcome
   */
  assign(request: AssignmentRequest, options: DeliveryOptions = {}): Promise<AssignmentResult> {
    if (this.#log === undefined) return this.#assign(request, options);
    return this.#log.one(request, (trace) => this.#assign(request, options, trace));
  }

  /**
   * Gives many contents their slots, each as `assign` would: all of a batch in one statement, batch after batch on one
   * connection at a time, within one deadline. Only `cte` and `inventory` can.
   *
   * @param requests of any batches; of several with the same content, the first is the one that creates
   * @param options hold for each of them
   * @returns how each ended, in their order; the reason of a rejection is an AssignmentError
   * @throws UsageError `bulk_unsupported` when the strategy assigns one content at a time; nothing was sent
   * @throws AssignmentError `invalid_request` when `requests` is no array
   */
  assignMany(
    requests: readonly AssignmentRequest[],
    options: DeliveryOptions = {},
  ): Promise<PromiseSettledResult<AssignmentResult>[]> {
    if (this.#log === undefined) return this.#assignMany(requests, options);
    return this.#log.many(requests, (trace) => this.#assignMany(requests, options, trace));
  }

  /**
   * Opens connections, and has the engine's statements prepared and planned on each, so that the first calls need not. No statement that
   * assigns is executed.
   *
   * @param connections how many at once, at most the pool's
   * @throws what connecting or preparing raised, when it could not be done within the engine's timeout
   */
  connect(connections: number): Promise<void> {
    return this.#withinTimeout(() => this.#connections.open(connections));
  }

  /**
   * Takes no more calls, and makes all pending completion checks. The pool stays open, for it is the caller's.
   *
   * @throws what a look raised, when it could not be made within the engine's timeout; close again to make it
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.settle().finally(() => this.#parts.checks.stop());
  }

  /**
   * Makes all pending completion checks now, not up to 50 ms later.
   *
   * @throws what a look raised, when it could not be made within the engine's timeout
   */
  settle(): Promise<void> {
    return this.#withinTimeout(() => this.#parts.checks.settle());
  }

  /** Does work again that failed for a reason that may pass. */
  async #withinTimeout(work: () => Promise<void>): Promise<void> {
    const deadlineMs = this.#deadline();
    for (let setbacks = 1; ; setbacks++) {
      try {
        return await work();
      } catch (error) {
        const kind = databaseFailure(error)?.kind;
        if (kind === undefined || kind === 'statement' || performance.now() >= deadlineMs) throw error;
        await pauseBeforeRetry(setbacks);
      }
    }
  }

  async #assign(
    request: AssignmentRequest,
    options: DeliveryOptions,
    trace?: CallTrace,
  ): Promise<AssignmentResult> {
    checkRequest(request);
    if (this.#isClosed) throw closedError(request);
    return assignOne(this.#parts, request, this.#start(options, this.#deadline(), trace));
  }

  async #assignMany(
    requests: readonly AssignmentRequest[],
    options: DeliveryOptions,
    trace?: CallTrace,
  ): Promise<PromiseSettledResult<AssignmentResult>[]> {
    checkRequests(requests);
    if (this.#isClosed) return requests.map((request) => rejected(closedError(request)));
    const deadlineMs = this.#deadline();
    return assignMany(this.#parts, requests, () => this.#start(options, deadlineMs, trace));
  }

  #deadline(): number {
    return performance.now() + this.#timeoutMs;
  }

  #start({ redelivered = false }: DeliveryOptions, deadlineMs: number, trace?: CallTrace): CallUnderWay {
    return {
      deadlineMs,
      trace,
      setbacks: 0,
      ambiguous: redelivered,
      looksEverywhere: false,
      wasRerouted: false,
    };
  }

  async #lookTogether(
    client: ClientBase,
    batchIds: readonly string[],
  ): Promise<(readonly [string, LookResult | 'busy'])[]> {
    const { marks } = this.#parts;
    const due = batchIds.map((batchId) => ({ batch_id: batchId, low_water: marks.toKeep(batchId) }));
    const rows = await new Session(client, this.#looks).run(LOOK_MANY, { due: JSON.stringify(due) });
    const busy = new Set(rows.filter(([, state]) => state === 'busy').map(([batchId]) => batchId));
    for (const { batch_id: batchId, low_water: kept } of due) {
      if (kept !== '' && !busy.has(batchId)) marks.kept(batchId);
    }
    return rows.map(([batchId, state]) => [batchId ?? '', state as LookResult | 'busy']);
  }

  async #look(client: ClientBase, batchId: string): Promise<LookResult> {
    const { marks } = this.#parts;
    const kept = marks.toKeep(batchId);
    const binds = { batch_id: batchId, low_water: kept };
    const [row] = await new Session(client, this.#looks).run(LOOK, binds);
    if (kept !== '') marks.kept(batchId);
    return row?.[0] as LookResult;
  }
}

/**
 * Makes an engine on a pool of node-postgres.
 *
 * @param pool connections for this engine alone
 * @param options.strategy without it the engine is `legacy`
 * @throws UsageError `invalid_strategy` when `options.strategy` names none, `needs_session` when the strategy cannot do
 *   with `prepare: false`
 */
export function createAssignmentEngine(pool: DatabasePool, options: EngineOptions = {}): AssignmentEngine {
  return new AssignmentEngine(pool, options);
}
