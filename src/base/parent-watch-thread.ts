import { workerData } from 'node:worker_threads';
import type { WatchedParent } from './parent-watch.js';

// The thread of the watcher: a process whose parent has died gets another one.

const EVERY_MS = 500;

const { parentPid } = workerData as WatchedParent;
setInterval(() => {
  if (process.ppid !== parentPid) process.kill(process.pid, 'SIGKILL');
}, EVERY_MS);
