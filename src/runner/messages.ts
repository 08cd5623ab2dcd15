import type { AddressSource } from '../database/address.js';
import type { Places } from '../domain/promises.js';
import type { LagMicros } from '../domain/run-result.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { Target } from '../target/target.js';
import type { LoadCounters } from './counters.js';

/** Raised with every change of a message: processes of two installations must not misunderstand each other. */
export const PROTOCOL_VERSION = 8;

/** Calls that one message tells of, at most. */
export const MOST_CALLS = 1_000;
/** Characters of an error's message, at most. */
export const LONGEST_MESSAGE = 2_000;
/** Different codes of errors, and names of counts, at most. */
export const MOST_CODES = 100;
/** Characters of what names a slot, at most: far more than names have. */
export const LONGEST_SLOT_ID = 4_096;

/** What serves calls, as it is told to another process. */
export type ServingTarget = Pick<Target, 'spec' | 'forms'>;

/** A batch to warm connections, statements and code up on; there are none but for closed loops. */
export interface WarmUpBatch {
  readonly batchId: string;
  /** An instance warms up on the batches whose form it serves. */
  readonly form: string;
}

/** All that a worker needs to deliver its slice. */
export interface WorkerJob extends ServingTarget {
  /** Whether answers name slots. */
  readonly places: Places;
  /** What registration returned to be handed to each call on a batch. */
  readonly refs: ReadonlyMap<string, unknown>;
  readonly workerIndex: number;
  readonly plan: WorkloadPlan;
  readonly source: AddressSource;
  readonly connectionString: string;
  readonly applicationName: string;
  readonly schema: string;
  /** Deadline of one call. */
  readonly timeoutMs: number;
  /** Whether sessions keep settings and prepared statements. */
  readonly prepare: boolean;
  readonly warmUpBatches: readonly WarmUpBatch[];
  /**
   * `immediate`: each start of a call is told before it is made and each end as it comes, so that a SIGKILL leaves
   * no call that nobody knows of. `batched`: calls are told by the thousand.
   */
  readonly journal: 'batched' | 'immediate';
  /** For a worker that takes over from one that was killed. */
  readonly resume?: Resume | undefined;
  /** Deliveries that are made after a load, in the place of a slice. */
  readonly after?: DeliveriesAfter | undefined;
}

/** Deliveries after a load, by their indices; those beyond the plan's are of its contents in turn. */
export interface DeliveriesAfter {
  readonly indices: readonly number[];
  /** Whether they were made before and ended without a definite answer. */
  readonly mayHaveHappened: boolean;
}

/** What is left of a slice. */
export interface Resume {
  /** Deliveries that were answered. */
  readonly ended: ReadonlySet<number>;
  /** Deliveries that were started and not answered: they may have happened. */
  readonly lost: ReadonlySet<number>;
}

/** What the coordinator sends. */
export type ToWorker =
  | { readonly type: 'prepare'; readonly version: number; readonly job: WorkerJob }
  /** The barrier's release: start at this moment of the host's monotonic clock. */
  | { readonly type: 'start'; readonly atMicros: number }
  /** During a load; answered by `changed`, but for a load that has ended. */
  | { readonly type: 'change'; readonly change: ServingTarget }
  /** Of a load with a rollout: it is over, make no more calls. Other loads end by themselves. */
  | { readonly type: 'end' }
  | { readonly type: 'stop' };

/** What a worker sends, in this order: ready, any number of alive, started, calls and changed, malformed once at most, done; or failed. */
export type FromWorker =
  | { readonly type: 'ready'; readonly version: number }
  /** Every second of a load. */
  | ({ readonly type: 'alive' } & SignOfLife)
  /** With an immediate journal, before the call is made. */
  | { readonly type: 'started'; readonly call: StartedCall }
  /** `counters` of the load so far. */
  | { readonly type: 'calls'; readonly chunk: CallChunk; readonly counters: LoadCounters }
  /** An answer did not fit its target's terms: how, on one line. Told of the first one, before its call is. */
  | { readonly type: 'malformed'; readonly message: string }
  /** No call is served by what served before any more, and what those left to be done later is done. */
  | { readonly type: 'changed' }
  | { readonly type: 'done'; readonly summary: WorkerSummary }
  | { readonly type: 'failed'; readonly message: string };

/** What a worker says of the load so far besides its calls. */
export interface SignOfLife {
  /** What the target counts, added up: it may be at work where no call ends. */
  readonly progress: number;
  /** Calls of an open loop. */
  readonly skipped: number;
  /** Since when connections were lost or refused and no call had an answer of the server; null: they do. */
  readonly unreachableSinceMicros: number | null;
}

/** A call that was given to the target and is not answered yet. */
export interface StartedCall {
  readonly deliveryIndex: number;
  readonly intendedMicros: number;
  readonly startMicros: number;
}

/**
 * Calls of one worker in columns, so that many travel cheaply; what follows from a delivery's index is left out.
 */
export interface CallChunk {
  readonly deliveryIndex: readonly number[];
  readonly intendedMicros: readonly number[];
  readonly startMicros: readonly number[];
  readonly endMicros: readonly number[];
  readonly outcome: readonly string[];
  readonly slotId: readonly (string | null)[];
  /** What few calls have, by position in the chunk. */
  readonly extras: Readonly<Record<number, CallExtras>>;
}

export interface CallExtras {
  readonly recovered: boolean;
  readonly replyLost: boolean;
  readonly mayHaveHappened: boolean;
  readonly errorCode: string | null;
  readonly sqlState: string | null;
}

/** What the first error of each code said, on one line. */
export type ErrorMessages = Readonly<Record<string, string>>;

export interface WorkerSummary {
  /** Encoded HDR histograms in microseconds. */
  readonly latency: string;
  readonly serviceTime: string;
  readonly scheduleLag: string;
  /** What was counted during the load, its warm-up apart. */
  readonly counters: LoadCounters;
  /** Whether every delivery was made before the time was over. */
  readonly ranOut: boolean;
  /** Calls of an open loop that were not made, by this process or a killed one before it: see `open-loop.ts`. */
  readonly skipped: number;
  readonly errorMessages: ErrorMessages;
  /** Undefined for a process that was killed: nobody knows. */
  readonly client: ClientWeight | undefined;
  /** Why it could not do what its calls had left to be done later, or not close its connections; null: it did. */
  readonly unsettled: UnsettledReason | null;
}

export interface UnsettledReason {
  readonly code: string;
  readonly message: string;
}

/** What a worker process took for its load, from the barrier's release to the end of its last call. */
export interface ClientWeight {
  readonly calls: number;
  readonly elapsedMs: number;
  /** User and system, of all threads. */
  readonly cpuMicros: number;
  /** The share of the time in which the event loop did not wait for something to do, 0 to 1. */
  readonly utilization: number;
  readonly lagMicros: LagMicros;
}
