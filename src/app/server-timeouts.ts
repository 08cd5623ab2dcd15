import { explainTimeouts } from '../database/timeouts.js';
import type { Recording } from '../runner/run-load.js';
import type { Database } from './database.js';
import { withClient } from '../database/on-pool.js';

/**
 * Notes on the timeouts of the server that struck calls of a load: those that failed and those made again.
 *
 * @param timeoutMs deadline of one call, by which the tool limits waits for locks itself
 */
export function timeoutNotes(
  { pool }: Database,
  { calls, counters }: Recording,
  timeoutMs: number,
): Promise<string[]> {
  const struck: Record<string, number> = { ...counters.retriesByCode };
  for (const { sqlState } of calls) {
    if (sqlState !== null) struck[sqlState] = (struck[sqlState] ?? 0) + 1;
  }
  return withClient(pool, (client) => explainTimeouts(client, struck, timeoutMs));
}
