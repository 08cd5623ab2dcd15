import type { RoundTripCounter } from '../../../database/session.js';
import type { AssignmentRequest, AssignmentResult } from './assignment.js';
import { AssignmentError } from './errors.js';

/**
 * Where an engine says how its calls ended: details first, then a message, as pino and bunyan take them, and `console`.
 * For winston turn them round: `info: (details, message) => winston.info(message, details)`.
 *
 * A logger breaks no call, for what the call did is in the database by then: the first error that it throws (or rejects
 * with) becomes a warning of the process, the others are dropped.
 */
export interface EngineLogger {
  /** Where the time of a call went: `micros`, `roundTrips` and the `steps`, in their order. After each call. */
  debug(details: object, message: string): unknown;
  /** A call that has an outcome: `outcome`, `batchId`, `textStorageId`, `correlationId`, `essayId`, `micros`. */
  info(details: object, message: string): unknown;
  /** A call without an outcome that may be made again: the same, with `code`, `sqlState`, `ambiguous` and `err`. */
  warn(details: object, message: string): unknown;
  /** A call that ends the same way when it is made again. */
  error(details: object, message: string): unknown;
}

/**
 * What a call does: waits for a connection (which is set up when it is new), claims, waits for a slot that is locked by
 * others, looks whether the batch is complete, asks who made what it found, pauses before another attempt.
 */
type StepName = 'connection' | 'claim' | 'wait' | 'look' | 'recognize' | 'pause';

interface TimedStep {
  readonly step: StepName;
  /** Why another attempt is made: SQLSTATE, `contended` or `connection`. */
  readonly because?: string;
  micros: number;
  roundTrips: number;
}

/** The steps of one call, of which one begins where another ends. */
export class CallTrace implements RoundTripCounter {
  readonly steps: TimedStep[] = [];
  readonly #total: RoundTripCounter;
  readonly #startMs = performance.now();
  #lastMs = this.#startMs;
  #roundTrips = 0;

  /** @param total counts the round trips of all calls */
  constructor(total: RoundTripCounter) {
    this.#total = total;
  }

  get roundTrips(): number {
    return this.#roundTrips;
  }

  set roundTrips(count: number) {
    const more = count - this.#roundTrips;
    this.#roundTrips = count;
    this.#total.roundTrips += more;
    const last = this.steps.at(-1);
    if (last !== undefined) last.roundTrips += more;
  }

  /** Ends the step under way, and begins another. */
  begin(step: StepName, because?: string): void {
    this.#endStep();
    this.steps.push({ step, ...(because !== undefined && { because }), micros: 0, roundTrips: 0 });
  }

  /** Ends the last step, and the call. */
  end(): void {
    this.#endStep();
  }

  /** How long the call took, in microseconds. */
  get micros(): number {
    return toMicros(this.#lastMs - this.#startMs);
  }

  #endStep(): void {
    const last = this.steps.at(-1);
    // What comes before the first step counts into it.
    if (last === undefined) return;
    const now = performance.now();
    last.micros = toMicros(now - this.#lastMs);
    this.#lastMs = now;
  }
}

function toMicros(ms: number): number {
  return Math.round(ms * 1_000);
}

type Level = keyof EngineLogger;

/** Tells a logger how calls ended. */
export class CallLog {
  readonly #logger: EngineLogger;
  readonly #claims: RoundTripCounter;
  #hasFailed = false;

  /** @param claims counts the round trips of all calls */
  constructor(logger: EngineLogger, claims: RoundTripCounter) {
    this.#logger = logger;
    this.#claims = claims;
  }

  /** Makes a call for one content, and tells how it ended. */
  async one(
    request: AssignmentRequest,
    call: (trace: CallTrace) => Promise<AssignmentResult>,
  ): Promise<AssignmentResult> {
    const trace = new CallTrace(this.#claims);
    const ids = idsOf(request);
    try {
      const result = await call(trace);
      trace.end();
      this.#say('info', { ...ids, ...result, micros: trace.micros }, `assignment: ${result.outcome}`);
      return result;
    } catch (error) {
      trace.end();
      this.#sayFailure(ids, error, trace.micros);
      throw error;
    } finally {
      this.#saySteps(ids, trace);
    }
  }

  /** Makes a call for many contents, and tells how it ended: the outcomes counted, each failure by itself. */
  async many(
    requests: readonly AssignmentRequest[],
    call: (trace: CallTrace) => Promise<PromiseSettledResult<AssignmentResult>[]>,
  ): Promise<PromiseSettledResult<AssignmentResult>[]> {
    const trace = new CallTrace(this.#claims);
    const ids = { requests: Array.isArray(requests) ? requests.length : 0 };
    try {
      const results = await call(trace);
      trace.end();
      const { micros } = trace;
      for (const [position, result] of results.entries())
        if (result.status === 'rejected') this.#sayFailure(idsOf(requests[position]), result.reason, micros);
      this.#say('info', { ...ids, outcomes: countOutcomes(results), micros }, 'assignments');
      return results;
    } catch (error) {
      trace.end();
      this.#sayFailure(ids, error, trace.micros);
      throw error;
    } finally {
      this.#saySteps(ids, trace);
    }
  }

  #sayFailure(ids: object, error: unknown, micros: number): void {
    const isTyped = error instanceof AssignmentError;
    const { code, details } = isTyped ? error : { code: undefined, details: undefined };
    const { retryable = false, sqlState, ambiguous = false } = details ?? {};
    const said = { ...ids, outcome: 'error', code, sqlState, ambiguous, micros, err: error };
    this.#say(retryable ? 'warn' : 'error', said, `assignment: ${code ?? 'defect'}`);
  }

  #saySteps(ids: object, trace: CallTrace): void {
    const { micros, roundTrips, steps } = trace;
    this.#say('debug', { ...ids, micros, roundTrips, steps }, 'assignment: steps');
  }

  #say(level: Level, details: object, message: string): void {
    try {
      const returned: unknown = this.#logger[level](details, message);
      // A logger that works asynchronously has nobody else to fail to.
      Promise.resolve(returned).catch((error: unknown) => this.#warn(error));
    } catch (error) {
      this.#warn(error);
    }
  }

  #warn(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const said = error instanceof Error ? error.message : String(error);
    process.emitWarning(`the logger of an assignment engine failed: ${said}`, { code: 'ELS_ASSIGN_LOGGER' });
  }
}

/** Requests are checked within the call: here one may be anything. */
function idsOf(request: AssignmentRequest | undefined | null): object {
  const { batchId, textStorageId, correlationId } = request ?? {};
  return { batchId, textStorageId, correlationId };
}

function countOutcomes(
  results: readonly PromiseSettledResult<AssignmentResult>[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of results) {
    const outcome = result.status === 'fulfilled' ? result.value.outcome : 'error';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
