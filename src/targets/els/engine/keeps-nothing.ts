import { UsageError } from '../../../domain/errors.js';
import type { Strategy } from './strategy.js';

/**
 * Checks that a strategy can do without a session that lasts longer than a transaction.
 *
 * @throws UsageError `needs_session` when it keeps a lock from one transaction to the next
 */
export function checkKeepsNothing({ keepsSessionLock }: Pick<Strategy, 'keepsSessionLock'>): void {
  if (!keepsSessionLock) return;
  throw new UsageError(
    'needs_session',
    "legacy with advisory locks keeps a session's lock from one transaction to the next, which --no-prepare " +
      '(prepare: false) rules out; accepted: legacy without advisory locks, or cte or inventory',
  );
}
