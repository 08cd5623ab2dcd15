import { setTimeout as sleep } from 'node:timers/promises';

/** Longest pause between two attempts. */
const MAX_PAUSE_MS = 50;

/**
 * Pauses before an attempt is made again: not at all the first time, for the cause has passed (the winner of a
 * race has committed, the rival is gone), then for a random time up to an exponentially growing bound.
 * Source: "full jitter", M. Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015.
 *
 * @param setbacks how many attempts have failed
 */
export async function pauseBeforeRetry(setbacks: number): Promise<void> {
  if (setbacks > 1) await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** setbacks));
}
