import { setTimeout as sleep } from 'node:timers/promises';
import { poll } from '../base/waiting.js';
import { atHoldPointOrAnywhere } from './at-hold-point.js';
import type { ArmFault } from './context.js';
import { leftUncompleted } from './leftovers.js';

/** The killed worker's claim goes on before or after the one that takes over delivers it again. */
const LONGEST_LATER_MS = 400;

/** What a process that is gone had under way is known within this time. */
const TOLD_MS = 1_000;

/** SIGKILL of a worker with calls under way, wherever they are: of a target that none can be held in. */
const killInFlight: ArmFault = ({ random, plan }) =>
  Promise.resolve({
    async strike(load) {
      const worker = Math.floor(random() * plan.scenario.workers);
      const station = load.stations[worker];
      await station?.killAndReplace();
      const lost =
        (await poll(() => Promise.resolve(station?.lostContents().size || undefined), TOLD_MS, load.ended)) ??
        0;
      const who = `worker ${worker + 1}`;
      return lost === 0
        ? { struck: false, detail: `${who} had no call under way when it was killed`, killed: worker }
        : { struck: true, detail: `killed ${who} with ${lost} calls under way`, killed: worker };
    },
    disarm: () => Promise.resolve(),
  });

/**
 * SIGKILL of a worker: where the target can be stopped there, of one whose claim holds a slot. Its backend does not know yet and commits the claim when the hold
 * point lets it go: an assignment that nobody was told of.
 */
export const killWorker = atHoldPointOrAnywhere(async ({ context, load, call, where, release }) => {
  await load.stations[call.worker]?.killAndReplace();
  await sleep(context.random() * LONGEST_LATER_MS);
  await release();
  const uncompleted = await leftUncompleted(context);
  return { struck: true, detail: `killed ${where}`, killed: call.worker, uncompleted };
}, killInFlight);
