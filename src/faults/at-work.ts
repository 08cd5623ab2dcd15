import { poll } from '../base/waiting.js';
import type { RunningLoad } from '../runner/run-load.js';
import { callsAtServer } from './at-server.js';
import type { FaultContext, Strike } from './context.js';

/** A process that took over from a killed one has calls under way within this time, if ever. */
const TAKEN_OVER_MS = 10_000;

/** What is said of a fault that `workerAtWork` found nobody for. */
export const NOBODY_AT_WORK: Strike = { struck: false, detail: 'no worker had a call at the server' };

/**
 * Waits for a worker with calls under way of which the server is at one, one of several by chance; undefined: there was none
 * until the load ended.
 */
export function workerAtWork(
  { stations, ended }: RunningLoad,
  context: Pick<FaultContext, 'random' | 'onWire'>,
): Promise<number | undefined> {
  const oneOf = async () => {
    const atServer = new Set((await callsAtServer(context)).map(({ worker }) => worker));
    const workers = [...atServer].filter((worker) => (stations[worker]?.callsUnderWay ?? 0) > 0).sort();
    return workers[Math.floor(context.random() * workers.length)];
  };
  return poll(oneOf, TAKEN_OVER_MS, ended);
}
