import { pause } from '../base/waiting.js';
import { atHoldPointOrAnywhere } from './at-hold-point.js';
import type { ArmFault } from './context.js';
import { assignedContents } from './hold-point.js';

const HELD_MS = 250;
const COMMITTED_MS = 250;

/** SIGSTOP of a worker, wherever its calls are, and SIGCONT: of a target that none can be held in. */
const pauseAnywhere: ArmFault = ({ random, plan }) =>
  Promise.resolve({
    async strike(load) {
      const worker = Math.floor(random() * plan.scenario.workers);
      const station = load.stations[worker];
      station?.pause();
      try {
        await pause(HELD_MS, load.ended);
      } finally {
        station?.resume();
      }
      const struck = !load.ended.aborted;
      return { struck, detail: `stopped worker ${worker + 1} for ${HELD_MS} ms` };
    },
    disarm: () => Promise.resolve(),
  });

/**
 * SIGSTOP of a worker, then SIGCONT: where the target can be stopped there, of one whose claim holds a slot, and the claim
 * is committed while the worker is stopped.
 */
export const pauseWorker = atHoldPointOrAnywhere(async ({ context, load, call, where, release }) => {
  const station = load.stations[call.worker];
  station?.pause();
  try {
    const before = await assignedContents(context);
    await pause(HELD_MS, load.ended);
    const others = (await assignedContents(context)) - before;
    await release();
    await pause(COMMITTED_MS, load.ended);
    return { struck: true, detail: `stopped ${where}; others assigned ${others} meanwhile` };
  } finally {
    station?.resume();
  }
}, pauseAnywhere);
