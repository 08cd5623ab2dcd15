import type { Session } from '../database/session.js';
import { loadStatement, type BindValues, type Statement } from '../database/statement.js';
import type { Inventory } from '../domain/assignment.js';

const LIMITS = loadStatement('strategies/wait-limits');
const WAIT: Readonly<Record<Inventory, Statement>> = {
  slots: loadStatement('strategies/wait-for-slot'),
  essays: loadStatement('strategies/wait-for-essay'),
};

/** Statements to prepare before `waitForVacancy` is called. */
export function contentionStatements(inventory: Inventory): readonly Statement[] {
  return [LIMITS, WAIT[inventory]];
}

/**
 * Waits until the rivals that hold a batch's last slots have committed or rolled back. It holds nothing
 * afterwards: waiting and claiming in one transaction deadlocks.
 *
 * @param remainingMs longest wait
 * @throws pg.DatabaseError 55P03 when the wait takes longer
 */
export async function waitForVacancy(
  session: Session,
  inventory: Inventory,
  binds: BindValues,
  remainingMs: number,
): Promise<void> {
  const limits = { lock_timeout: `${Math.max(1, Math.ceil(remainingMs))}ms` };
  await session.pipeline([
    { statement: LIMITS, values: limits },
    { statement: WAIT[inventory], values: binds },
  ]);
}
