import { databaseFailure } from '../../../database/failure.js';
import type { Session } from '../../../database/session.js';
import type { BindValues, Statement } from '../../../database/statement.js';
import { loadStatement } from './statement.js';
import type { Inventory } from './assignment.js';

const LIMITS = loadStatement('strategies/wait-limits');
const WAIT_FOR_SWITCH = loadStatement('strategies/wait-for-switch');
const WAIT: Readonly<Record<Inventory, Statement>> = {
  slots: loadStatement('strategies/wait-for-slot'),
  essays: loadStatement('strategies/wait-for-essay'),
};

/** Statements to prepare before `waitForVacancy` is called. */
export function contentionStatements(inventory: Inventory): readonly Statement[] {
  return [LIMITS, WAIT_FOR_SWITCH, WAIT[inventory]];
}

/**
 * Longest wait for one slot before all are looked at again: the rival that holds it may stay while others, who
 * held the rest, have rolled back.
 */
const LONGEST_WAIT_MS = 200;

/**
 * Waits until the rival that holds a batch's first free slot has committed or rolled back, or the migration that
 * switches the batch has ended, or for a while. It holds nothing afterwards: waiting and claiming in one transaction
 * deadlocks.
 *
 * @param remainingMs of the call
 * @returns whether what it waited for is still held
 */
export async function waitForVacancy(
  session: Session,
  inventory: Inventory,
  binds: BindValues,
  remainingMs: number,
): Promise<boolean> {
  const waitMs = Math.max(1, Math.ceil(Math.min(remainingMs, LONGEST_WAIT_MS)));
  try {
    await session.pipeline([
      { statement: LIMITS, values: { lock_timeout: `${waitMs}ms` } },
      { statement: WAIT_FOR_SWITCH, values: binds },
      { statement: WAIT[inventory], values: binds },
    ]);
    return false;
  } catch (error) {
    if (databaseFailure(error)?.kind === 'lock_timeout') return true;
    throw error;
  }
}
