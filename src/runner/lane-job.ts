import type { Delivery, WorkloadPlan } from '../domain/scenario.js';
import type { CallAnswer, CallRequest } from '../target/instance.js';
import type { Alarm } from './alarm.js';
import type { StartedCall } from './messages.js';
import type { Recorder } from './recorder.js';

/** A worker's slice of a plan, and how it may be stopped. */
export interface LaneJob {
  readonly plan: WorkloadPlan;
  /** What this worker delivers, ready to be taken: the deliveries of each call. */
  readonly calls: Iterator<readonly Delivery[], void, undefined>;
  /** Makes one call; it answers each of its requests, in their order. */
  readonly assign: (requests: readonly CallRequest[]) => Promise<readonly CallAnswer[]>;
  readonly recorder: Recorder;
  /** Awaited before a call is made, where there is one. */
  readonly announce: ((call: StartedCall) => Promise<void>) | undefined;
  /** Deliveries whose earlier call may have happened: a call has such ones alone, or none. */
  readonly redelivered: ReadonlySet<number>;
  /** The barrier's release. */
  readonly startMicros: number;
  readonly stop: AbortSignal;
  /** Aborted when no more calls are to be made, where the load does not end by itself. */
  readonly over?: AbortSignal | undefined;
  /** The alarm of an open loop; closed when the load is stopped. */
  readonly alarm?: Alarm | undefined;
  /** Told of each skipped call how many there are so far. */
  readonly onSkip?: ((count: number) => void) | undefined;
}
