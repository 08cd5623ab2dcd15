import type { ClientBase, PoolClient } from 'pg';
import { databaseFailure, type DatabaseFailure } from '../database/failure.js';
import type { DatabasePool } from '../database/pool.js';
import { ignoreConnectionEvents, openSession, Session, type RoundTripCounter } from '../database/session.js';
import { loadStatement, type BindValues, type Statement } from '../database/statement.js';
import type { AssignmentRequest, AssignmentResult, EngineCounters } from '../domain/assignment.js';
import { CompletionDebts, type LookResult } from './completion-debts.js';
import { contentionStatements, waitForVacancy } from './contention.js';
import { createStrategy } from './create-strategy.js';
import { assignmentBinds } from './documents.js';
import { LowWaterMarks } from './low-water.js';
import { deadlineError, failureError, refusalError, type Setback } from './outcome-errors.js';
import { checkRequest } from './request.js';
import { pauseBeforeRetry } from './retry.js';
import type { CallMemory, FinalAnswer, Strategy, StrategySpec } from './strategy.js';

export interface EngineOptions {
  /** Default: `legacy`, the path with all flags off. */
  readonly strategy?: StrategySpec;
  /** Serialize calls with the same batch and content. Default: off. */
  readonly advisoryLocks?: boolean;
  /** The schema that `setup` created. Default: `els_assign`. */
  readonly schema?: string;
  /** How long one call may wait and retry. Default: 10,000. 0: one attempt, no retry. */
  readonly timeoutMs?: number;
}

const LOOK = loadStatement('completion/look');
const OWN_ASSIGNMENT = loadStatement('strategies/own-assignment');

/** lock_timeout = 0 would mean: wait for ever. */
const SHORTEST_LOCK_TIMEOUT_MS = 1;

export interface DeliveryOptions {
  /**
   * An earlier call with the same correlationId may have happened without its caller being told (a message broker's
   * `redelivered`): if it did, this one answers `created`, `recovered`. Default: false.
   */
  readonly redelivered?: boolean;
}

/** One call of `assign` under way. */
interface CallUnderWay {
  readonly request: AssignmentRequest;
  readonly binds: BindValues;
  readonly deadlineMs: number;
  /** Attempts that failed, apart from those that waited for a slot in vain. */
  setbacks: number;
  /** Whether an attempt lost its reply: its assignment may have happened. */
  ambiguous: boolean;
  /** Whether an attempt found nothing: the next ones start at no mark. */
  looksEverywhere: boolean;
  readonly memory: CallMemory;
}

/**
 * Gives each content exactly one slot of its batch. Safe to use from many calls at once, one connection per
 * call in flight, and from many processes.
 */
export class AssignmentEngine {
  readonly #pool: DatabasePool;
  readonly #strategy: Strategy;
  readonly #statements: readonly Statement[];
  readonly #schema: string;
  readonly #timeoutMs: number;
  readonly #prepared = new WeakSet<ClientBase>();
  readonly #claims: RoundTripCounter = { roundTrips: 0 };
  readonly #looks: RoundTripCounter = { roundTrips: 0 };
  readonly #retriesByCode: Record<string, number> = {};
  readonly #marks = new LowWaterMarks();
  readonly #debts = new CompletionDebts((batchId) => this.#lookAt(batchId));

  /**
   * @param pool connections for this engine alone: it sets their search_path and prepares its statements
   */
  constructor(pool: DatabasePool, options: EngineOptions = {}) {
    const { strategy = { kind: 'built-in', name: 'legacy' }, advisoryLocks = false } = options;
    this.#pool = pool;
    // pg-pool takes its own listener away in the moment in which it hands a connection out.
    pool.on('connect', ignoreConnectionEvents);
    this.#strategy = createStrategy(strategy, advisoryLocks);
    this.#schema = options.schema ?? 'els_assign';
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#statements = [
      ...this.#strategy.statements,
      ...contentionStatements(this.#strategy.inventory),
      LOOK,
      OWN_ASSIGNMENT,
    ];
  }

  /** What the engine did so far. */
  get counters(): EngineCounters {
    return {
      roundTrips: this.#claims.roundTrips,
      completionLooks: this.#looks.roundTrips,
      retriesByCode: { ...this.#retriesByCode },
    };
  }

  /**
   * Gives a content its slot. Idempotent: after an error that is `retryable`, call again.
   *
   * @returns how the call ended
   * @throws AssignmentError when there is no outcome
   */
  async assign(request: AssignmentRequest, options: DeliveryOptions = {}): Promise<AssignmentResult> {
    checkRequest(request);
    const call: CallUnderWay = {
      request,
      binds: assignmentBinds(request, new Date()),
      deadlineMs: performance.now() + this.#timeoutMs,
      setbacks: 0,
      ambiguous: options.redelivered ?? false,
      looksEverywhere: !this.#strategy.startsAtLowWater,
      memory: {},
    };
    try {
      return await this.#untilAnswered(call);
    } catch (error) {
      // It may have taken the last slot all the same.
      if (call.ambiguous) this.#debts.owe(request.batchId, performance.now(), false);
      throw error;
    }
  }

  /**
   * Pays all completion debts now. The pool stays open, for it is the caller's, and the engine usable.
   *
   * @throws what a look raised, when it could not be made within the engine's timeout
   */
  async close(): Promise<void> {
    const deadlineMs = performance.now() + this.#timeoutMs;
    for (let setbacks = 1; ; setbacks++) {
      try {
        return await this.#debts.settle();
      } catch (error) {
        const kind = databaseFailure(error)?.kind;
        if (kind === undefined || kind === 'statement' || performance.now() >= deadlineMs) throw error;
        await pauseBeforeRetry(setbacks);
      }
    }
  }

  async #untilAnswered(call: CallUnderWay): Promise<AssignmentResult> {
    for (;;) {
      const step = await this.#attempt(call);
      if ('outcome' in step) return step;
      await this.#retry(call, step);
    }
  }

  async #attempt(call: CallUnderWay): Promise<AssignmentResult | Setback> {
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      return setback(error);
    }
    let failed: Setback | undefined;
    try {
      await this.#prepareOnce(client);
      return await this.#attemptOn(client, call);
    } catch (error) {
      failed = setback(error);
      call.ambiguous ||= failed.failure?.kind === 'connection' || call.memory.claimedEssayId !== undefined;
      return failed;
    } finally {
      const isPrepared = this.#prepared.has(client);
      client.release(!isPrepared || failed?.failure?.kind === 'connection');
    }
  }

  async #attemptOn(client: ClientBase, call: CallUnderWay): Promise<AssignmentResult | Setback> {
    const session = new Session(client, this.#claims);
    const sentAtMs = performance.now();
    const claimedBefore = call.memory.claimedEssayId;
    const lowWater = call.looksEverywhere ? null : this.#marks.of(call.request.batchId);
    const answer = await this.#strategy.attempt(session, { ...call.binds, low_water: lowWater }, call.memory);
    switch (answer.outcome) {
      case 'contended':
        call.looksEverywhere = true;
        if (lowWater) return { code: 'contended', atOnce: true };
        return { code: 'contended', atOnce: await this.#waitForVacancy(session, call) };
      case 'unknown_batch':
      case 'inventory_mismatch':
        throw refusalError(answer.outcome, call.request, this.#strategy.inventory, call.ambiguous);
      case 'created':
      case 'reused':
      case 'no_slot':
        if (answer.outcome === 'created') this.#moveMark(call.request.batchId, answer.essayId);
        await this.#oweLook(client, call, sentAtMs, answer.outcome === 'created');
        return this.#toResult(session, call, answer, claimedBefore);
    }
  }

  /** At the deadline there is nothing to wait for: the retry will say so. */
  async #waitForVacancy(session: Session, call: CallUnderWay): Promise<boolean> {
    const remainingMs = call.deadlineMs - performance.now();
    if (remainingMs <= 0) return true;
    return waitForVacancy(session, this.#strategy.inventory, call.binds, remainingMs);
  }

  #moveMark(batchId: string, essayId: string): void {
    if (this.#strategy.startsAtLowWater) this.#marks.claimed(batchId, essayId);
  }

  async #oweLook(client: ClientBase, call: CallUnderWay, sentAtMs: number, created: boolean): Promise<void> {
    const { batchId } = call.request;
    if (this.#strategy.looksAfterEachCall) await this.#look(client, batchId);
    else this.#debts.owe(batchId, sentAtMs, created);
  }

  /** A retry after a lost reply may find what its own first attempt created. */
  async #toResult(
    session: Session,
    call: CallUnderWay,
    answer: FinalAnswer,
    claimedBefore: string | undefined,
  ): Promise<AssignmentResult> {
    if (answer.outcome === 'no_slot') return answer;
    const { outcome, essayId } = answer;
    if (outcome === 'created') return { outcome, essayId, recovered: essayId === claimedBefore };
    if (call.ambiguous && (await this.#isOwn(session, call, essayId))) {
      return { outcome: 'created', essayId, recovered: true };
    }
    return call.ambiguous ? { outcome, essayId, replyLost: true } : { outcome, essayId };
  }

  async #isOwn(session: Session, call: CallUnderWay, essayId: string): Promise<boolean> {
    const [row] = await session.run(OWN_ASSIGNMENT, { ...call.binds, essay_id: essayId });
    return row?.[0] === 't';
  }

  async #retry(call: CallUnderWay, setbackSeen: Setback): Promise<void> {
    if (setbackSeen.failure?.kind === 'statement' || setbackSeen.code === undefined) {
      throw failureError(setbackSeen, call.request, call.ambiguous);
    }
    if (performance.now() >= call.deadlineMs) throw deadlineError(setbackSeen, call.request, call.ambiguous);
    this.#retriesByCode[setbackSeen.code] = (this.#retriesByCode[setbackSeen.code] ?? 0) + 1;
    if (setbackSeen.atOnce) return;
    call.setbacks += 1;
    await pauseBeforeRetry(call.setbacks);
  }

  async #prepareOnce(client: ClientBase): Promise<void> {
    if (this.#prepared.has(client)) return;
    const lockTimeoutMs = Math.max(SHORTEST_LOCK_TIMEOUT_MS, this.#timeoutMs);
    await openSession(client, { schema: this.#schema, lockTimeoutMs }, this.#statements);
    this.#prepared.add(client);
  }

  async #lookAt(batchId: string): Promise<LookResult> {
    const client = await this.#pool.connect();
    let broken = true;
    try {
      await this.#prepareOnce(client);
      const found = await this.#look(client, batchId);
      broken = false;
      return found;
    } finally {
      client.release(broken);
    }
  }

  async #look(client: ClientBase, batchId: string): Promise<LookResult> {
    const [row] = await new Session(client, this.#looks).run(LOOK, {
      batch_id: batchId,
      low_water: this.#marks.toKeep(batchId),
    });
    return row?.[0] as LookResult;
  }
}

function setback(error: unknown): Setback {
  const failure: DatabaseFailure | undefined = databaseFailure(error);
  const code = failure?.kind === 'connection' ? 'connection' : failure?.sqlState;
  return { code, failure, error };
}

/**
 * Makes an engine on a pool of node-postgres.
 *
 * @param pool connections for this engine alone
 */
export function createAssignmentEngine(pool: DatabasePool, options: EngineOptions = {}): AssignmentEngine {
  return new AssignmentEngine(pool, options);
}
