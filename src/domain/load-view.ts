import type { CallOutcome } from './call.js';

/** How calls ended. */
export interface CallCounts {
  readonly outcomes: Readonly<Record<CallOutcome, number>>;
  readonly errorsByCode: Readonly<Record<string, number>>;
  /** Calls of an open loop that were never made, because their latency limit had passed. */
  readonly skipped: number;
}

/** What ended in one interval of a load. */
export interface IntervalView extends CallCounts {
  /** From the barrier's release to the interval's end. */
  readonly endMs: number;
  readonly callsPerSecond: number;
  /** Of an open loop: the rate at the interval's middle. */
  readonly askedPerSecond?: number | undefined;
  /** Latency from the intended start; NaN where no call ended. */
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/** A load under way, as far as its calls are known. */
export interface LoadView extends CallCounts {
  /** Since the barrier's release. */
  readonly elapsedMs: number;
  /** How much of the load is over, 0 to 1: of its time or of its deliveries, whichever is further. */
  readonly share: number;
  readonly calls: number;
  /** The last complete interval; undefined before the first one is over. */
  readonly latest: IntervalView | undefined;
  /** For how long connections have been lost or refused and no call was answered; undefined while calls are. */
  readonly unreachableMs?: number | undefined;
}

/** Shows registrations, and loads while they run; it is given a look at each load, and asks as often as it likes. */
export interface LoadDisplay {
  readonly intervalMs: number;
  /** So many slots of a run are registered, of so many. */
  readonly registered: (slots: number, total: number) => void;
  /** A load was released. */
  readonly begin: (look: () => LoadView) => void;
  /** The registration or load is over, or failed; also when none had begun. */
  readonly end: () => void;
}
