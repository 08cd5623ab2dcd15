import { median } from '#els/base/median.js';

/** The p50 of the service times of calls, in microseconds. */
export function p50ServiceTime(calls) {
  return median(calls.map(({ startMicros, endMicros }) => endMicros - startMicros));
}
