import { nowMicros } from '../base/clock.js';
import { CUT_OFF } from '../domain/call.js';
import type { Delivery } from '../domain/scenario.js';
import type { LaneJob } from './lane-job.js';
import type { StartedCall } from './messages.js';
import { dueMicrosOf, endMicrosOf, isOver, turnOf } from './open-loop.js';
import type { Recorder } from './recorder.js';
import { requestOf } from './requests.js';
import { graceAfter } from './stop.js';

/**
 * Delivers a slice over as many lanes as there are connections, each with one call in flight. In a burst every
 * delivery is due at the release, so waiting for a lane counts as latency; in a closed loop a delivery is due
 * when its lane is free. In an open loop it is due when the schedule says so: free lanes wait for the next deliveries
 * in their order, so each is made at its moment, or as soon after it as a lane is free. All that is due before the
 * end of the duration is delivered, however long that takes.
 *
 * @returns whether every delivery was made before the time was over, and how many calls were skipped
 */
export async function deliverSlice(job: LaneJob): Promise<{ ranOut: boolean; skipped: number }> {
  const { alarm } = job;
  const { connections } = job.plan.scenario;
  const endMicros = endMicrosOf(job);
  const underWay = new Map<number, StartedCall>();
  const end = { ranOut: false, skipped: 0 };

  const lane = async () => {
    while ((alarm || nowMicros() < endMicros) && !isOver(job)) {
      const next = job.calls.next();
      if (next.done) {
        end.ranOut = true;
        return;
      }
      const turn = alarm ? await turnOf(job, alarm, next.value) : 'make';
      if (turn === 'end') return;
      if (turn === 'skip') {
        end.skipped += 1;
        job.onSkip?.(end.skipped);
      } else {
        await deliver(job, next.value, underWay);
      }
    }
  };
  await Promise.race([Promise.all(Array.from({ length: connections }, lane)), graceAfter(job.stop)]);
  giveUp(job.recorder, underWay);
  return end;
}

async function deliver(
  job: LaneJob,
  deliveries: readonly Delivery[],
  underWay: Map<number, StartedCall>,
): Promise<void> {
  const startMicros = nowMicros();
  const intendedMicros = intendedOf(job, deliveries, startMicros);
  const calls = deliveries.map(({ index }) => ({ deliveryIndex: index, intendedMicros, startMicros }));
  for (const call of calls) underWay.set(call.deliveryIndex, call);
  if (job.announce) await Promise.all(calls.map(job.announce));
  const requests = deliveries.map((each) => requestOf(job.plan, each, job.redelivered.has(each.index)));
  const answers = await job.assign(requests);
  const endMicros = nowMicros();
  for (const [position, answer] of answers.entries()) {
    const call = calls[position];
    if (call && underWay.delete(call.deliveryIndex)) job.recorder.add(call, endMicros, answer);
  }
}

function intendedOf(job: LaneJob, deliveries: readonly Delivery[], startMicros: number): number {
  switch (job.plan.scenario.arrival) {
    case 'burst':
      return job.startMicros;
    case 'closed':
      return startMicros;
    case 'open':
      return dueMicrosOf(job, deliveries);
  }
}

/** Calls that did not end in the grace may have happened. */
function giveUp(recorder: Recorder, underWay: Map<number, StartedCall>): void {
  for (const call of underWay.values()) {
    recorder.add(call, nowMicros(), CUT_OFF);
  }
  underWay.clear();
}
