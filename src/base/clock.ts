import { setTimeout as sleep } from 'node:timers/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A timer may fire this much late; the rest of a wait is spent polling. */
const TIMER_SLACK_MICROS = 3_000;

/** Microseconds of the host's monotonic clock; comparable between the processes of one host. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint()) / 1_000;
}

/** Waits until a moment of `nowMicros`, as exactly as the event loop allows. */
export async function waitUntilMicros(momentMicros: number): Promise<void> {
  const coarseMs = (momentMicros - nowMicros() - TIMER_SLACK_MICROS) / 1_000;
  if (coarseMs > 0) await sleep(coarseMs);
  while (nowMicros() < momentMicros) await nextTurn();
}
