import { poll } from '../base/waiting.js';
import { loadStatement } from '../database/statement.js';
import type { RunningLoad } from '../runner/run-load.js';
import type { FaultContext } from './context.js';
import { withSession, type ForeignSession } from './foreign-session.js';

const BLOCKED_BY = loadStatement('faults/blocked-by');

/** Calls reach what holds them within this time, or the fault has missed. */
export const STRIKE_DEADLINE_MS = 5_000;

/** A backend of a worker that waits for a lock of a foreign session: a call in flight. */
export interface BlockedCall {
  readonly pid: number;
  /** From 0. */
  readonly worker: number;
  readonly applicationName: string;
}

/** The number in `els-assign run/2.1`, from 0. */
function workerOf(applicationName: string): number {
  return parseInt(applicationName.slice(applicationName.lastIndexOf('/') + 1), 10) - 1;
}

/** The backends of a process that was killed may wait on: nobody's call is in flight there. */
function isAlive({ worker, applicationName }: BlockedCall, load: RunningLoad): boolean {
  return load.stations[worker]?.applicationName === applicationName;
}

/** The run's calls that wait for a session's locks now. */
async function blockedCalls(
  { applicationName }: FaultContext,
  watcher: ForeignSession,
  holder: ForeignSession,
): Promise<BlockedCall[]> {
  const rows = await watcher.query<{ pid: number; applicationName: string }>(BLOCKED_BY, {
    application_name: `${applicationName}/`,
    holder: holder.pid,
  });
  return rows.map((row) => ({ ...row, worker: workerOf(row.applicationName) }));
}

/**
 * Waits until a call of the run waits for a session's locks.
 *
 * @returns those that wait; none when the load ended or the deadline passed before
 */
export function awaitBlocked(
  context: FaultContext,
  holder: ForeignSession,
  load: RunningLoad,
): Promise<BlockedCall[]> {
  return withSession(context, async (watcher) => {
    const ask = async () => {
      const blocked = (await blockedCalls(context, watcher, holder)).filter((call) => isAlive(call, load));
      return blocked.length > 0 ? blocked : undefined;
    };
    return (await poll(ask, STRIKE_DEADLINE_MS, load.ended)) ?? [];
  });
}
