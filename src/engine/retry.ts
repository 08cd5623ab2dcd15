import { setTimeout as sleep } from 'node:timers/promises';

/** Longest pause between two attempts. */
const MAX_PAUSE_MS = 50;

/**
 * Pauses before an attempt is made again: not at all the first time, for the cause has passed (the winner of a
 * race has committed, the rival is gone), then for a random time up to an exponentially growing bound.
 * Source: "full jitter", M. Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015.
 *
 * @param attempt how many attempts were made
 */
export async function pauseBeforeRetry(attempt: number): Promise<void> {
  if (attempt > 1) await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** attempt));
}
