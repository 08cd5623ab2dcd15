import { UsageError } from '../../../domain/errors.js';
import type { Strategy } from './strategy.js';

/** What to say of a strategy that keeps a lock of its session. */
export const KEEPS_SESSION_LOCK =
  "keeps a session's lock from one transaction to the next; accepted: legacy without advisory locks, or cte or inventory";

/**
 * Checks that a strategy can do without a session that lasts longer than a transaction.
 *
 * @throws UsageError `needs_session` when it keeps a lock from one transaction to the next
 */
export function checkKeepsNothing({ keepsSessionLock }: Pick<Strategy, 'keepsSessionLock'>): void {
  if (!keepsSessionLock) return;
  throw new UsageError(
    'needs_session',
    `prepare: false (--no-prepare): legacy with advisory locks ${KEEPS_SESSION_LOCK}`,
  );
}
