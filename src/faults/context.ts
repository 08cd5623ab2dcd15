import type { Random } from '../base/random.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { RunningLoad } from '../runner/run-load.js';
import type { WeakSpot, WeakSpots } from '../target/weak-spots.js';
import type { ForeignPlace } from './foreign-session.js';
import type { Proxy } from './proxy/proxy.js';

/** What a fault may touch before the load runs. */
export interface FaultContext extends ForeignPlace {
  readonly plan: WorkloadPlan;
  /** The target's weak spots: those that the run's faults need are there. */
  readonly weakSpots: WeakSpots;
  /** The application name of the run's workers, without the worker's number. */
  readonly applicationName: string;
  /** Seeded: the same run picks the same victims. */
  readonly random: Random;
  /** Contents that a fault of the run holds, or held: another one must not wait for it. */
  readonly held: Set<string>;
  /** Between workers and server, where a fault of the run needs it. */
  readonly proxy: Proxy | undefined;
  /** Shuts the server down at once and starts it again, where that is possible. */
  readonly restartServer: (() => Promise<void>) | undefined;
}

/** What came of a fault. */
export interface Strike {
  /** Whether a call in flight was hit. */
  readonly struck: boolean;
  /** What was hit, or why nothing was; one line. */
  readonly detail: string;
  /** The worker that was killed; from 0. */
  readonly killed?: number;
  readonly orphans?: number;
  /** Full batches that nobody has completed. */
  readonly uncompleted?: readonly string[];
}

/** A fault that is ready to strike. */
export interface ArmedFault {
  strike(load: RunningLoad): Promise<Strike>;
  /** Takes back what was armed; harmless after a strike. */
  disarm(): Promise<void>;
}

/** Makes a fault ready: before the barrier's release, or while the load runs. */
export type ArmFault = (context: FaultContext, load?: RunningLoad) => Promise<ArmedFault>;

/**
 * A weak spot of the target.
 *
 * @throws Error where it has none: its faults are refused before a run
 */
export function weakSpot<T extends WeakSpot>(
  { weakSpots }: Pick<FaultContext, 'weakSpots'>,
  spot: T,
): NonNullable<WeakSpots[T]> {
  const found = weakSpots[spot];
  if (found === undefined) throw new Error(`the target has no weak spot ${spot}`);
  return found;
}
