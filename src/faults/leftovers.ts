import { setTimeout as sleep } from 'node:timers/promises';
import { loadStatement, type Statement } from '../database/statement.js';
import type { FaultContext } from './context.js';
import { withSession, type ForeignSession } from './foreign-session.js';

/** A running worker completes its batch sooner than this. */
const LATEST_COMPLETION_MS = 250;

/** The contents whose calls committed once and not twice. */
export async function orphanedContents(
  session: ForeignSession,
  context: FaultContext<'betweenTransactions'>,
): Promise<string[]> {
  const orphans = loadStatement(context.weakSpots.betweenTransactions.left);
  const rows = await session.query<{ content_id: string }>(orphans, { batch_ids: context.plan.batchIds });
  return rows.map((row) => row.content_id);
}

/** The full batches that running workers had time to complete and did not; none where the target has no such step. */
export async function leftUncompleted(context: FaultContext): Promise<string[]> {
  const { beforeCompletion } = context.weakSpots;
  if (beforeCompletion === undefined) return [];
  const statement = loadStatement(beforeCompletion.left);
  return withSession(context, async (session) => {
    const before = await uncompleted(session, statement, context);
    if (before.length === 0) return [];
    await sleep(LATEST_COMPLETION_MS);
    const after = new Set(await uncompleted(session, statement, context));
    return before.filter((batchId) => after.has(batchId));
  });
}

async function uncompleted(
  session: ForeignSession,
  statement: Statement,
  { plan }: FaultContext,
): Promise<string[]> {
  const rows = await session.query<{ batch_id: string }>(statement, { batch_ids: plan.batchIds });
  return rows.map((row) => row.batch_id);
}
