import { setTimeout as sleep } from 'node:timers/promises';
import { atHoldPoint } from './at-hold-point.js';
import { leftUncompleted } from './leftovers.js';

/** The claim of the dead goes on before or after the one that takes over delivers it again. */
const LONGEST_LATER_MS = 400;

/**
 * SIGKILL of a worker whose claim holds a slot. Its backend does not know yet and commits the claim when the hold
 * point lets it go: an assignment that nobody was told of.
 */
export const killWorker = atHoldPoint(async ({ context, load, call, where, release }) => {
  await load.stations[call.worker]?.killAndReplace();
  await sleep(context.random() * LONGEST_LATER_MS);
  await release();
  const uncompleted = await leftUncompleted(context);
  return { struck: true, detail: `killed ${where}`, killed: call.worker, uncompleted };
});
