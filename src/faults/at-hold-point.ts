import type { RunningLoad } from '../runner/run-load.js';
import type { CallAtServer } from './at-server.js';
import { faultThatNeeds, type ArmedFault, type ArmFault, type FaultOnCalls, type Strike } from './context.js';
import { HOLD_POINT, HoldPoint, type HoldContext } from './hold-point.js';

/** A claim that was caught while it holds a slot. */
export interface CaughtClaim {
  readonly context: HoldContext;
  readonly load: RunningLoad;
  readonly call: CallAtServer;
  /** What was hit, in words. */
  readonly where: string;
  /** Lets the claim go on. */
  readonly release: () => Promise<void>;
}

/**
 * A fault that strikes a claim in flight: waits at a hold point until a claim has locked its slot there.
 *
 * @param hit does the harm; the hold point is released afterwards in any case
 */
export function atHoldPoint(hit: (caught: CaughtClaim) => Promise<Strike>): FaultOnCalls {
  return faultThatNeeds(HOLD_POINT, async (context, armedDuring): Promise<ArmedFault> => {
    const point = await HoldPoint.upcoming(context, armedDuring);
    if (point === undefined) {
      const miss = { struck: false, detail: 'no content was left that nobody had claimed' };
      return { strike: () => Promise.resolve(miss), disarm: () => Promise.resolve() };
    }
    return {
      async strike(load) {
        const [call] = await point.awaitClaim(load);
        if (call === undefined) return { struck: false, detail: 'no claim came to the hold point' };
        const where = `worker ${call.worker + 1} while its claim for ${point.contentId} held a slot`;
        return hit({ context, load, call, where, release: () => point.release() });
      },
      disarm: () => point.release(),
    };
  });
}

/** As `atHoldPoint` where the target can be stopped there, and otherwise what `anywhere` does. */
export function atHoldPointOrAnywhere(
  hit: (caught: CaughtClaim) => Promise<Strike>,
  anywhere: ArmFault,
): FaultOnCalls {
  const held = atHoldPoint(hit);
  return {
    needs: [],
    arm(context, load) {
      const canStop = held.needs.every((spot) => context.weakSpots[spot] !== undefined);
      return canStop ? held.arm(context, load) : anywhere(context, load);
    },
  };
}
