import { pause } from '../base/waiting.js';
import { atHoldPointOrAnywhere } from './at-hold-point.js';
import type { RunningLoad } from '../runner/run-load.js';
import type { ArmFault, FaultContext, Strike } from './context.js';
import { NOBODY_AT_WORK, workerAtWork } from './at-work.js';
import { assignedContents } from './hold-point.js';

const HELD_MS = 250;
const COMMITTED_MS = 250;

/** SIGSTOP of a worker with calls under way, wherever they are, and SIGCONT: of a target that none can be held in. */
const pauseInFlight: ArmFault = (context) =>
  Promise.resolve({
    strike: (load) => pauseAtWork(load, context),
    disarm: () => Promise.resolve(),
  });

async function pauseAtWork(load: RunningLoad, context: FaultContext): Promise<Strike> {
  const worker = await workerAtWork(load, context);
  const station = worker === undefined ? undefined : load.stations[worker];
  if (worker === undefined || station === undefined) return NOBODY_AT_WORK;
  station.pause();
  try {
    await pause(HELD_MS, load.ended);
    // All that it said before it was stopped is heard by now.
    const calls = station.callsUnderWay;
    const struck = calls > 0 && !load.ended.aborted;
    return { struck, detail: `stopped worker ${worker + 1} with ${calls} calls under way for ${HELD_MS} ms` };
  } finally {
    station.resume();
  }
}

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
}, pauseInFlight);
