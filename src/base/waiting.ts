import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;

/**
 * Asks again and again until there is an answer.
 *
 * @param end gives up early when aborted
 * @returns undefined when there was none within the time
 */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  deadlineMs: number,
  end: AbortSignal,
): Promise<T | undefined> {
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline && !end.aborted) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(POLL_MS);
  }
  return undefined;
}

/** Waits for a time, or until the load ends. */
export async function pause(millis: number, end: AbortSignal): Promise<void> {
  if (end.aborted) return;
  await sleep(millis, undefined, { signal: end }).catch((error: unknown) => {
    if (!end.aborted) throw error;
  });
}
