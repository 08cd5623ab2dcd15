import { awaitQuiescence, awaitRoleIdle } from '../database/quiescence.js';
import type { Database } from './database.js';
import { withClient } from '../database/on-pool.js';

/** After the workers ended, their backends get this long to end too. */
const QUIESCENCE_DEADLINE_MS = 2_000;

/** By what a run's backends are known; what follows it says which. */
export function applicationNameOf(runId: string): string {
  return `els-assign ${runId}`;
}

/**
 * Waits until no worker's backend can change a run's rows any more.
 *
 * @param mayEnd awaited before any backend is ended; throws where none is to be
 * @returns how many had to be ended
 */
export function quiesceRun(
  { pool, pooling }: Database,
  runId: string,
  mayEnd?: () => Promise<void>,
): Promise<number> {
  const run = { applicationName: `${applicationNameOf(runId)}/`, pooled: pooling !== 'none' };
  return withClient(pool, (client) => awaitQuiescence(client, run, QUIESCENCE_DEADLINE_MS, mayEnd));
}

/**
 * Why code of the user's may still change a run's rows although its workers have ended: sessions that it opened may have
 * another name than the one in its URL.
 *
 * @returns undefined: nobody else of its role is at work
 */
export async function whyNotQuiet({ pool }: Database): Promise<string | undefined> {
  const sessions = await withClient(pool, (client) => awaitRoleIdle(client, QUIESCENCE_DEADLINE_MS));
  if (sessions === 0) return undefined;
  return `not quiet: sessions of the same role were at work in the database after the workers had ended: ${sessions}`;
}
