import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenedInstance } from '../target/definition.js';

/** Longest that `close` of an instance is waited for. */
const CLOSING_MS = 5_000;
const LATE = Symbol('late');

/**
 * Closes an instance of a user's code, where it can be closed.
 *
 * @returns whether it returned in time; what it left open otherwise ends with its process
 * @throws Error that says so where `close` throws
 */
export async function closeInTime(instance: Partial<OpenedInstance>): Promise<boolean> {
  const closing = (async () => instance.close?.())().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`close failed: ${why}`, { cause: error });
  });
  const first = await Promise.race([closing, sleep(CLOSING_MS, LATE, { ref: false })]);
  if (first !== LATE) return true;
  closing.catch(() => undefined);
  return false;
}
