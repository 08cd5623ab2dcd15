import { setTimeout as sleep } from 'node:timers/promises';
import { poll } from '../base/waiting.js';
import type { RunningLoad } from '../runner/run-load.js';
import { atHoldPointOrAnywhere } from './at-hold-point.js';
import { NOBODY_AT_WORK, workerAtWork } from './at-work.js';
import type { ArmFault, FaultContext, Strike } from './context.js';
import { leftUncompleted } from './leftovers.js';

/** The killed worker's claim goes on before or after the one that takes over delivers it again. */
const LONGEST_LATER_MS = 400;

/** What a process that is gone had under way is known within this time. */
const TOLD_MS = 1_000;

/** SIGKILL of a worker with calls under way, wherever they are: of a target that none can be held in. */
const killInFlight: ArmFault = (context) =>
  Promise.resolve({
    strike: (load) => killAtWork(load, context),
    disarm: () => Promise.resolve(),
  });

async function killAtWork(load: RunningLoad, context: FaultContext): Promise<Strike> {
  const { stations, ended } = load;
  const worker = await workerAtWork(load, context);
  const station = worker === undefined ? undefined : stations[worker];
  if (worker === undefined || station === undefined) return NOBODY_AT_WORK;
  const who = `worker ${worker + 1}`;
  const before = station.lostCalls;
  await station.killAndReplace();
  const told = () => Promise.resolve(station.lostCalls - before || undefined);
  const lost = await poll(told, TOLD_MS, ended);
  return lost === undefined
    ? { struck: false, detail: `${who} had no call under way when it was killed`, killed: worker }
    : { struck: true, detail: `killed ${who} with ${lost} calls under way`, killed: worker };
}

/**
 * SIGKILL of a worker: where the target can be stopped there, of one whose claim holds a slot. Its backend does not know
 * yet and commits the claim when the hold point lets it go: an assignment that nobody was told of.
 */
export const killWorker = atHoldPointOrAnywhere(async ({ context, load, call, where, release }) => {
  await load.stations[call.worker]?.killAndReplace();
  await sleep(context.random() * LONGEST_LATER_MS);
  await release();
  const uncompleted = await leftUncompleted(context);
  return { struck: true, detail: `killed ${where}`, killed: call.worker, uncompleted };
}, killInFlight);
