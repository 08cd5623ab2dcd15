import { setTimeout as sleep } from 'node:timers/promises';
import { loadStatement, type Statement } from '../database/statement.js';
import type { FaultGround } from './context.js';
import { withSession, type ForeignSession } from './foreign-session.js';

/** A living worker pays a completion debt sooner than this. */
const DEBTS_PAID_MS = 250;

/** The contents whose calls committed once and not twice. */
export async function orphanedContents(
  session: ForeignSession,
  ground: FaultGround<'betweenTransactions'>,
): Promise<string[]> {
  const orphans = loadStatement(ground.weakSpots.betweenTransactions.left);
  const rows = await session.query<{ content_id: string }>(orphans, { batch_ids: ground.plan.batchIds });
  return rows.map((row) => row.content_id);
}

/** The full batches that were not completed before, and are not after the living had time to; none where nobody has to. */
export async function leftUncompleted(ground: FaultGround): Promise<string[]> {
  const { beforeCompletion } = ground.weakSpots;
  if (beforeCompletion === undefined) return [];
  const statement = loadStatement(beforeCompletion.left);
  return withSession(ground, async (session) => {
    const before = await uncompleted(session, statement, ground);
    if (before.length === 0) return [];
    await sleep(DEBTS_PAID_MS);
    const after = new Set(await uncompleted(session, statement, ground));
    return before.filter((batchId) => after.has(batchId));
  });
}

async function uncompleted(
  session: ForeignSession,
  statement: Statement,
  { plan }: FaultGround,
): Promise<string[]> {
  const rows = await session.query<{ batch_id: string }>(statement, { batch_ids: plan.batchIds });
  return rows.map((row) => row.batch_id);
}
