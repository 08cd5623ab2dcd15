import { setTimeout as sleep } from 'node:timers/promises';
import { loadStatement } from '../database/statement.js';
import type { FaultGround } from './context.js';
import { withSession, type ForeignSession } from './foreign-session.js';

const ORPHANS = loadStatement('faults/orphans');
const UNCOMPLETED = loadStatement('faults/uncompleted');

/** A living worker pays a completion debt sooner than this. */
const DEBTS_PAID_MS = 250;

/** The contents whose slots are taken and whose essays are not written. */
export async function orphanedContents(session: ForeignSession, { plan }: FaultGround): Promise<string[]> {
  const rows = await session.query<{ textStorageId: string }>(ORPHANS, { batch_ids: plan.batchIds });
  return rows.map((row) => row.textStorageId);
}

/** The full batches that were not completed before, and are not after the living had time to. */
export function leftUncompleted(ground: FaultGround): Promise<string[]> {
  return withSession(ground, async (session) => {
    const before = await uncompleted(session, ground);
    if (before.length === 0) return [];
    await sleep(DEBTS_PAID_MS);
    const after = new Set(await uncompleted(session, ground));
    return before.filter((batchId) => after.has(batchId));
  });
}

async function uncompleted(session: ForeignSession, { plan }: FaultGround): Promise<string[]> {
  const rows = await session.query<{ batchId: string }>(UNCOMPLETED, { batch_ids: plan.batchIds });
  return rows.map((row) => row.batchId);
}
