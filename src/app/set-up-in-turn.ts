import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction } from '../database/on-pool.js';
import type { DatabasePool } from '../database/pool.js';
import { loadStatement } from '../database/statement.js';
import { InfrastructureError } from '../domain/errors.js';

const TRY_LOCK = loadStatement('database/try-lock-target-setup');
const POLL_MS = 50;
/** Longer than the set-up of a target may take. */
const PATIENCE_MS = 180_000;

/**
 * Has targets set up in a database one after the other, whatever commands they belong to: what two sessions create at
 * once, PostgreSQL refuses one of them, also with `if not exists`.
 *
 * @throws InfrastructureError `setup_hung` when others do not come to an end
 */
export function setUpInTurn<T>(pool: DatabasePool, setUp: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  return inTransaction(pool, async (client) => {
    for (;;) {
      const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK.text);
      if (rows[0]?.locked) return setUp();
      if (performance.now() > deadlineMs) {
        throw new InfrastructureError(
          'setup_hung',
          'another command sets a target up in this database for too long',
        );
      }
      await sleep(POLL_MS);
    }
  });
}
