import type { Random } from '../base/random.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { RunningLoad } from '../runner/run-load.js';
import type { WeakSpot, WeakSpots } from '../target/weak-spots.js';
import type { ForeignPlace } from './foreign-session.js';
import type { Wire, WirePort } from '../wire/wire.js';

/** What stands between the workers of a load and its server. */
export interface WireOfLoad {
  readonly wire: Wire;
  /** One for each worker of the plan, whatever process works there. */
  readonly ports: readonly WirePort[];
}

/**
 * What a fault may touch before the load runs.
 *
 * @typeParam Spot the weak spots that the fault needs, which are there
 */
export interface FaultContext<Spot extends WeakSpot = never> extends ForeignPlace {
  readonly plan: WorkloadPlan;
  /** The target's weak spots. */
  readonly weakSpots: WeakSpots & { readonly [Needed in Spot]: NonNullable<WeakSpots[Needed]> };
  /** Seeded: the same run picks the same victims. */
  readonly random: Random;
  /** Contents that a fault of the run holds, or held: another one must not wait for it. */
  readonly held: Set<string>;
  /** There where a fault of the run needs it. */
  readonly onWire: WireOfLoad | undefined;
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
export type ArmFault<Spot extends WeakSpot = never> = (
  context: FaultContext<Spot>,
  load?: RunningLoad,
) => Promise<ArmedFault>;

/** A fault that hits calls of a load. */
export interface FaultOnCalls {
  /** What the target must have, else the fault is refused before a run; none: its processes and connections are enough. */
  readonly needs: readonly WeakSpot[];
  /** @throws Error where the target has not got what the fault needs */
  readonly arm: ArmFault;
}

/** A fault that finds the weak spots which it needs, and no others. */
export function faultThatNeeds<Spot extends WeakSpot>(
  needs: readonly Spot[],
  arm: ArmFault<Spot>,
): FaultOnCalls {
  return {
    needs,
    arm(context, load) {
      const missing = needs.find((spot) => context.weakSpots[spot] === undefined);
      if (missing !== undefined) throw new Error(`the target has no weak spot ${missing}`);
      return arm(context as FaultContext<Spot>, load);
    },
  };
}
