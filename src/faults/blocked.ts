import { poll } from '../base/waiting.js';
import { loadStatement } from '../database/statement.js';
import type { RunningLoad } from '../runner/run-load.js';
import { callsAtServer, type CallAtServer } from './at-server.js';
import type { FaultContext } from './context.js';
import { withSession, type ForeignSession } from './foreign-session.js';

const BLOCKED_BY = loadStatement('faults/blocked-by');

/** Calls reach what holds them within this time, or the fault has missed. */
export const STRIKE_DEADLINE_MS = 5_000;

/** The run's calls that wait for a session's locks now. */
async function blockedCalls(
  context: FaultContext,
  watcher: ForeignSession,
  holder: ForeignSession,
): Promise<CallAtServer[]> {
  const calls = await callsAtServer(context);
  const rows = await watcher.query<{ pid: number }>(BLOCKED_BY, {
    pids: calls.map(({ pid }) => String(pid)),
    holder: holder.pid,
  });
  const blocked = new Set(rows.map(({ pid }) => pid));
  return calls.filter(({ pid }) => blocked.has(pid));
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
): Promise<CallAtServer[]> {
  return withSession(context, async (watcher) => {
    const ask = async () => {
      const blocked = await blockedCalls(context, watcher, holder);
      return blocked.length > 0 ? blocked : undefined;
    };
    return (await poll(ask, STRIKE_DEADLINE_MS, load.ended)) ?? [];
  });
}
