import type { CallEnd } from '../domain/call.js';
import type { TargetSpec } from './target.js';

// What the tool itself understands of a target's words; all others it only counts and reports.

/**
 * The `errorCode` of a call that could not use the database. A load whose warm-up meets it does not begin; a call with any
 * other code was answered by the server.
 */
export { DATABASE_UNAVAILABLE } from '../domain/call.js';

/**
 * Counted by it in `retriesByCode`: an attempt was made again because a connection was lost or refused. Where such
 * attempts are made and no call is answered, the server is not to be reached.
 */
export const LOST_CONNECTION = 'connection';

/** One delivery of a content. */
export interface CallRequest {
  readonly batchId: string;
  /** Who asks: the idempotency key within the batch. */
  readonly contentId: string;
  /** Names the delivery: the same when it is made again. */
  readonly callId: string;
  /** Whether an earlier call with this id may have happened. */
  readonly redelivered: boolean;
}

/**
 * How a call ended, and in words why it failed. Its `errorCode` is the target's own word, or DATABASE_UNAVAILABLE; whether
 * the call may have happened all the same only `mayHaveHappened` says.
 */
export interface CallAnswer extends CallEnd {
  /** Of an error; one line or several. */
  readonly message?: string | undefined;
  /** Whether the target gave an answer that does not fit its terms: the run ends with exit code 3. */
  readonly malformed?: true | undefined;
}

/** What an instance did besides answering; all counts are since it was opened. */
export interface InstanceCounters {
  /** Network round trips of calls; null where the target does not count them. */
  readonly roundTrips: number | null;
  /** Attempts that were made again, by SQLSTATE or a word for the reason, such as LOST_CONNECTION. */
  readonly retriesByCode: Readonly<Record<string, number>>;
  /**
   * Whatever else the target counts, by its own names. `completionLooks` is reserved for what gates know by it, and may be
   * left out: the statements that were sent to see whether a batch is complete.
   */
  readonly counts: Readonly<Record<string, number>>;
}

/** Where an instance finds its database, and how it is to behave there. */
export interface InstanceSettings {
  /** A URL with all that a connection needs; may hold a password. */
  readonly connectionString: string;
  /** Where the URL came from, for messages. */
  readonly source: string;
  /** The tool's own. */
  readonly schema: string;
  readonly connections: number;
  readonly applicationName: string;
  /** Deadline of one call. */
  readonly timeoutMs: number;
  /** Whether sessions keep settings and prepared statements. */
  readonly prepare: boolean;
  /** The number of the instance, from 1. */
  readonly instance: number;
  /** What registration returned to be handed to each call on a batch. */
  readonly refs: ReadonlyMap<string, unknown>;
}

/** A target at work in one process, as an instance of a service is. */
export interface Instance {
  readonly counters: InstanceCounters;

  /**
   * Opens connections and makes them ready, so that the first calls need not. Nothing is assigned.
   *
   * @param connections how many at once
   * @throws what the driver raises where the server cannot be reached; not for a statement that the server refuses,
   *   which the calls will tell
   */
  connect(connections: number): Promise<void>;

  /**
   * Makes a call. Whatever the target does is an answer.
   *
   * @throws what is a defect of the program
   */
  assign(request: CallRequest): Promise<CallAnswer>;

  /**
   * Makes calls together.
   *
   * @returns an answer for each, in the order of the requests
   */
  readonly assignMany?: ((requests: readonly CallRequest[]) => Promise<readonly CallAnswer[]>) | undefined;

  /**
   * Does what the calls until now left to be done later.
   *
   * @throws what the driver raises
   */
  settle(): Promise<void>;

  /**
   * Takes no more calls, settles and disconnects; disconnects also where it could not settle. Called again, it does nothing
   * more and ends as it did.
   *
   * @throws what the driver raises
   */
  close(): Promise<void>;
}

/**
 * Opens an instance. It connects when it is first used.
 *
 * @throws UsageError for a spec that its kind refuses
 */
export type OpenInstance = (spec: TargetSpec, settings: InstanceSettings) => Instance | Promise<Instance>;
