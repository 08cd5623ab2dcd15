import { connectTimeoutMs } from '../database/address.js';
import type { WorkerJob } from './messages.js';

/** How long a worker is waited for, in milliseconds. */
export interface Patience {
  /** Until it stands at the barrier, besides the time of one call. */
  readonly readyMs: number;
  /** Until it says anything, during a load. */
  readonly quietMs: number;
  /** Until it has ended a call or the target has counted anything, besides the time of one call. */
  readonly stuckMs: number;
}

/** Far more than a worker on a busy host takes: what it ends is a run that would not end. */
export const PATIENCE: Patience = { readyMs: 120_000, quietMs: 30_000, stuckMs: 60_000 };

/** How long a worker may have no call to make: an open loop has its gaps. */
export function idleMs({ plan: { scenario } }: Pick<WorkerJob, 'plan'>): number {
  return scenario.arrival === 'open' ? (scenario.durationMs ?? 0) : 0;
}

/** Locks that a call may wait for one after the other, each as long as `timeoutMs`: its deadline is looked at between them. */
const LOCK_WAITS = 3;
/** About when Linux gives up a connection by itself. */
const SYSTEM_CONNECT_MS = 130_000;

/** How long one call may last, in milliseconds: it connects, and waits for locks. */
export function longestCallMs(job: Pick<WorkerJob, 'source' | 'connectionString' | 'timeoutMs'>): number {
  return (connectTimeoutMs(job) || SYSTEM_CONNECT_MS) + LOCK_WAITS * job.timeoutMs;
}
