import { poll } from '../base/waiting.js';
import type { RunningLoad } from '../runner/run-load.js';
import type { Strike } from './context.js';

/** A process that took over from a killed one has calls under way within this time, if ever. */
const TAKEN_OVER_MS = 10_000;

/** What is said of a fault that `workerAtWork` found nobody for. */
export const NOBODY_AT_WORK: Strike = { struck: false, detail: 'no worker had a call under way' };

/** Waits for a worker with calls under way, one of several by chance; undefined: there was none until the load ended. */
export function workerAtWork(
  { stations, ended }: RunningLoad,
  random: () => number,
): Promise<number | undefined> {
  const oneOf = () => {
    const workers = stations.flatMap(({ callsUnderWay }, worker) => (callsUnderWay > 0 ? [worker] : []));
    return Promise.resolve(workers[Math.floor(random() * workers.length)]);
  };
  return poll(oneOf, TAKEN_OVER_MS, ended);
}
