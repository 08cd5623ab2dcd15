import { quote } from '../base/wording.js';
import { inTransaction } from '../database/on-pool.js';
import { InfrastructureError, UsageError } from '../domain/errors.js';
import type { HeldRun } from '../domain/held-run.js';
import { takeRuns } from '../runs/runs.js';
import type { Target } from '../target/target.js';
import { reopenHost } from '../targets/hosts.js';
import { builtInHost } from '../targets/resolve.js';
import { findPooling } from './check-pooling.js';
import type { Database } from './database.js';
import { quiesceRun, whyNotQuiet } from './quiesce.js';

/**
 * Removes runs on the tool's own tables.
 *
 * @throws UsageError `run_at_work` when a command came back meanwhile; then nothing is removed
 */
export function removeBuiltIn(database: Database, runs: readonly HeldRun[]): Promise<void> {
  return removeBy((runIds) => builtInHost(database).removeIdle(runIds), database, runs);
}

/**
 * Has a target remove its runs, and then their records.
 *
 * @param target that can
 * @throws UsageError `run_at_work` when a command came back meanwhile, or when the target's file is wrong;
 *   InfrastructureError when its code fails, or `not_quiet` where code of the user's may still write: then the records stay
 */
export async function removeByTarget(
  database: Database,
  target: Target,
  runs: readonly HeldRun[],
): Promise<void> {
  const opened = await reopenHost(target, database);
  try {
    const removeIdle = async (runIds: readonly string[]) => {
      await requireQuiet(database);
      return opened.host.removeIdle(runIds);
    };
    await removeBy(removeIdle, database, runs);
  } finally {
    await opened.close();
  }
}

/** What a session commits after its batches were removed would be recorded nowhere. */
async function requireQuiet(database: Database): Promise<void> {
  const notQuiet = await whyNotQuiet(database);
  if (notQuiet === undefined) return;
  throw new InfrastructureError('not_quiet', `${notQuiet}; accepted: the same once they have ended`);
}

/** Workers whose command died may still have sessions that write. */
async function removeBy(
  removeIdle: (runIds: readonly string[]) => Promise<readonly string[]>,
  database: Database,
  runs: readonly HeldRun[],
): Promise<void> {
  const pooling = await findPooling(database);
  const runIds = runs.map(({ runId }) => runId);
  const requireIdle = (alive: readonly string[]) => {
    const back = runs.find(({ runId }) => alive.includes(runId));
    if (back !== undefined) throw runIsAtWork(back);
  };
  for (const runId of runIds) {
    const stillIdle = async () =>
      requireIdle(await inTransaction(database.pool, (client) => takeRuns(client, runIds)));
    await quiesceRun({ ...database, pooling }, runId, stillIdle);
  }
  requireIdle(await removeIdle(runIds));
}

/** What is said of a run that is not to be touched. */
export function runIsAtWork({ runId, command, pid, host }: HeldRun): UsageError {
  const who = `els-assign ${command ?? ''} has it under way (process ${pid} on ${host})`;
  return new UsageError(
    'run_at_work',
    `run ${quote(runId)} is at work: ${who}; accepted: a run that is kept or abandoned, or end that command first`,
  );
}
