import type { Call } from './call.js';
import type { WorkloadPlan } from './scenario.js';

/** Hears how a run's batches are registered, or how its load goes. */
export interface LoadListener {
  /** How many slots are there by now: the run's, and then those that it warms up on. */
  readonly registered: (slots: number) => void;
  /** @param startMicros the barrier's release, on the clock of the calls */
  readonly released: (startMicros: number) => void;
  /** Calls that have ended since the last time, as they become known: some of them late. */
  readonly heard: (calls: readonly Call[]) => void;
  /** So many more calls of an open loop were skipped. */
  readonly skipped: (count: number) => void;
  /**
   * Whether a worker's connections are lost or refused and none of its calls is answered; said about once a second.
   *
   * @param sinceMicros since when, on the clock of the calls; undefined: the server answers
   */
  readonly unreachable: (worker: number, sinceMicros: number | undefined) => void;
  /** Nothing more will be heard; also when the load failed. */
  readonly ended: () => void;
}

/** Begins to listen to a registration or a load of a run. */
export type RunWatch = (plan: WorkloadPlan) => LoadListener;
