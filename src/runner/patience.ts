import type { WorkerJob } from './messages.js';

/** How long a worker is waited for, in milliseconds. */
export interface Patience {
  /** Until it stands at the barrier, besides the deadline of one call. */
  readonly readyMs: number;
  /** Until it says anything, during a load. */
  readonly quietMs: number;
  /** Until it has ended a call or looked for a completion, besides the deadline of one call. */
  readonly stuckMs: number;
}

/** Far more than a worker on a busy host takes: what it ends is a run that would not end. */
export const PATIENCE: Patience = { readyMs: 120_000, quietMs: 30_000, stuckMs: 60_000 };

/** How long a worker may have no call to make: an open loop has its gaps. */
export function idleMs({ plan: { scenario } }: Pick<WorkerJob, 'plan'>): number {
  return scenario.arrival === 'open' ? (scenario.durationMs ?? 0) : 0;
}
