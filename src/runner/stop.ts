import { setTimeout as sleep } from 'node:timers/promises';

/** After a stop, what is under way may take this long to end. */
const GRACE_MS = 1_000;

/** Resolves when a stop was asked for and its grace is over. */
export async function graceAfter(stop: AbortSignal): Promise<void> {
  if (!stop.aborted) {
    await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  }
  await sleep(GRACE_MS);
}
