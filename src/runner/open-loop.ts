import type { Delivery } from '../domain/scenario.js';
import type { Alarm } from './alarm.js';
import { nowMicros } from './clock.js';
import type { LaneJob } from './lanes.js';

/** What becomes of a call of an open loop: it is made, skipped, or there is none any more. */
export type Turn = 'make' | 'skip' | 'end';

/** When the deliveries of a call of an open loop are due, on `nowMicros`'s clock. */
export function dueMicrosOf(job: LaneJob, [first]: readonly Delivery[]): number {
  return job.startMicros + (first?.dueMicros ?? 0);
}

/**
 * Waits, on a free lane, until a call of an open loop is due.
 *
 * As pgbench has it (https://www.postgresql.org/docs/current/pgbench.html, --latency-limit), a call that could only
 * start when the latency limit has passed is skipped. One that was started before by a killed process never is: it may
 * have happened. Waiting longer only makes a call later, so a process that takes over skips all that its predecessor
 * skipped, and its count is that of both.
 *
 * @returns `end` when the schedule's duration is over or the load was stopped
 */
export async function turnOf(job: LaneJob, alarm: Alarm, deliveries: readonly Delivery[]): Promise<Turn> {
  const { durationMs = Infinity, latencyLimitMs = Infinity } = job.plan.scenario;
  const dueMicros = dueMicrosOf(job, deliveries);
  if (dueMicros >= job.startMicros + durationMs * 1_000) return 'end';
  await alarm.until(dueMicros);
  if (job.stop.aborted) return 'end';
  if (deliveries.some(({ index }) => job.redelivered.has(index))) return 'make';
  return nowMicros() - dueMicros > latencyLimitMs * 1_000 ? 'skip' : 'make';
}
