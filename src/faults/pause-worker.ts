import { pause } from '../base/waiting.js';
import { atHoldPoint } from './at-hold-point.js';
import { assignedContents } from './hold-point.js';

const HELD_MS = 250;
const COMMITTED_MS = 250;

/** SIGSTOP of a worker whose claim holds a slot, and, while it is stopped, commits it; then SIGCONT. */
export const pauseWorker = atHoldPoint(async ({ context, load, call, where, release }) => {
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
});
