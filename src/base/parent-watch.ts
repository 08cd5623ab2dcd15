import { Worker } from 'node:worker_threads';
import { programPath } from './package-files.js';

/** What the watcher is told: the process that is to be there. */
export interface WatchedParent {
  readonly parentPid: number;
}

/** While this module is loaded the parent is there: it waits for what this process says. */
const watched: WatchedParent = { parentPid: process.ppid };
let watcher: Worker | undefined;

/**
 * Ends this process when its parent is gone, even where foreign code never lets the event loop learn of it: a thread of its
 * own watches.
 */
export function endWithParent(): void {
  if (watcher !== undefined) return;
  watcher = new Worker(programPath('base/parent-watch-thread'), { workerData: watched });
  watcher.unref();
}
