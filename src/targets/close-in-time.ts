import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenedInstance } from '../target/definition.js';

/** Longest that `close` of an instance is waited for. */
const CLOSING_MS = 5_000;
const LATE = Symbol('late');

/**
 * Closes an instance of a user's code, where it can be closed. What does not return in time is said on standard error: what it
 * left open ends with its process.
 *
 * @throws Error that says so where `close` throws
 */
export async function closeInTime(instance: Partial<OpenedInstance>): Promise<void> {
  const closing = (async () => instance.close?.())().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`close failed: ${why}`, { cause: error });
  });
  const first = await Promise.race([closing, sleep(CLOSING_MS, LATE, { ref: false })]);
  if (first !== LATE) return;
  closing.catch(() => undefined);
  const late = `close of the target did not return within ${CLOSING_MS / 1_000} s`;
  process.stderr.write(`${late}: its process is ended with what it left open\n`);
}
