import { nowMicros } from '../base/clock.js';
import type { Delivery } from '../domain/scenario.js';
import type { Alarm } from './alarm.js';
import type { LaneJob } from './lane-job.js';

/** What becomes of a call of an open loop: it is made, skipped, or there is none any more. */
export type Turn = 'make' | 'skip' | 'end';

/** When the deliveries of a call of an open loop are due, on `nowMicros`'s clock. */
export function dueMicrosOf(job: LaneJob, [first]: readonly Delivery[]): number {
  return job.startMicros + (first?.dueMicros ?? 0);
}

/** When a load ends by itself, on `nowMicros`'s clock; one with a rollout does not, for its switches may last longer. */
export function endMicrosOf({ plan: { scenario }, startMicros }: LaneJob): number {
  const { durationMs, rollout } = scenario;
  return durationMs === undefined || rollout !== undefined ? Infinity : startMicros + durationMs * 1_000;
}

/** Whether no more calls are to be made. */
export function isOver({ stop, over }: LaneJob): boolean {
  return stop.aborted || over?.aborted === true;
}

/**
 * Waits, on a free lane, until a call of an open loop is due.
 *
 * As pgbench has it (https://www.postgresql.org/docs/current/pgbench.html, --latency-limit), a call that could only
 * start when the latency limit has passed is skipped. One that was started before by a killed process never is: it may
 * have happened. Waiting longer only makes a call later, so a process that takes over skips all that its predecessor
 * skipped, and its count is that of both.
 *
 * @returns `end` when the schedule's duration is over or the load was ended
 */
export async function turnOf(job: LaneJob, alarm: Alarm, deliveries: readonly Delivery[]): Promise<Turn> {
  const { latencyLimitMs = Infinity } = job.plan.scenario;
  const dueMicros = dueMicrosOf(job, deliveries);
  if (dueMicros >= endMicrosOf(job)) return 'end';
  await alarm.until(dueMicros);
  if (isOver(job)) return 'end';
  if (deliveries.some(({ index }) => job.redelivered.has(index))) return 'make';
  return nowMicros() - dueMicros > latencyLimitMs * 1_000 ? 'skip' : 'make';
}
