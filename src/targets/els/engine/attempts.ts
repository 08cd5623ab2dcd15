import type { ClientBase } from 'pg';
import { databaseFailure, type DatabaseFailure } from '../../../database/failure.js';
import { TIMEOUTS } from '../../../database/timeouts.js';
import { LOST_CONNECTION } from '../../../target/instance.js';
import type { CallTrace } from './call-log.js';
import type { EngineConnections } from './connections.js';
import type { GivenUp, Setback } from './outcome-errors.js';
import { pauseBeforeRetry } from './retry.js';

/** What a call keeps from one attempt to the next, whatever it assigns. */
export interface CallUnderWay {
  readonly deadlineMs: number;
  /** Where somebody wants to know. */
  readonly trace: CallTrace | undefined;
  /** Attempts that failed, apart from those that waited for a slot in vain. */
  setbacks: number;
  /** Whether an attempt lost its reply: what it was sent for may have happened. */
  ambiguous: boolean;
  /** Whether an attempt found nothing: the next ones start at no mark. */
  looksEverywhere: boolean;
  /** Whether it was rerouted from one strategy to the other. */
  wasRerouted: boolean;
}

/** An attempt that ends its call. */
export interface Answered<T> {
  readonly answer: T;
}

/** Makes an engine's attempts until a call is answered or given up, and counts those made again. */
export class Attempts {
  /** Attempts that were made again, by SQLSTATE, `contended`, `connection` or `inventory_mismatch`. */
  readonly retriesByCode: Record<string, number> = {};
  readonly #connections: EngineConnections;

  constructor(connections: EngineConnections) {
    this.#connections = connections;
  }

  /**
   * Makes attempts, each on a connection of its own, until one is answered, fails for good, or the deadline has
   * passed; not before one has looked for a slot everywhere.
   *
   * @param attempt answers, or says or throws what kept it from an answer
   */
  async untilAnswered<T>(
    call: CallUnderWay,
    attempt: (client: ClientBase) => Promise<Answered<T> | Setback>,
  ): Promise<Answered<T> | GivenUp> {
    for (;;) {
      const step = await this.#make(call, attempt);
      if ('answer' in step) return step;
      const { failure, code, atOnce, ignoresDeadline = false } = step;
      if (isFinal(failure) || code === undefined) return { because: 'failed', setback: step };
      if (!ignoresDeadline && performance.now() >= call.deadlineMs) {
        return { because: 'deadline', setback: step };
      }
      this.retriesByCode[code] = (this.retriesByCode[code] ?? 0) + 1;
      if (atOnce) continue;
      call.setbacks += 1;
      call.trace?.begin('pause', code);
      await pauseBeforeRetry(call.setbacks);
    }
  }

  async #make<T>(
    call: CallUnderWay,
    attempt: (client: ClientBase) => Promise<Answered<T> | Setback>,
  ): Promise<Answered<T> | Setback> {
    let isSent = false;
    call.trace?.begin('connection');
    try {
      return await this.#connections.use((client) => {
        isSent = true;
        call.trace?.begin('claim');
        return attempt(client);
      });
    } catch (error) {
      const failed = setback(error);
      call.ambiguous ||= isSent && failed.failure?.kind === 'connection';
      return failed;
    }
  }
}

function setback(error: unknown): Setback {
  const failure = databaseFailure(error);
  const { sqlState } = failure ?? {};
  const isLoss = failure?.kind === 'connection' && !(sqlState && sqlState in TIMEOUTS);
  return { code: isLoss ? LOST_CONNECTION : sqlState, failure, error };
}

/** Whether an attempt is not to be made again. The caller may do so: one that was cancelled is told at once. */
function isFinal(failure: DatabaseFailure | undefined): boolean {
  return failure?.kind === 'statement' || failure?.kind === 'cancelled';
}
