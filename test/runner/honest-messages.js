import { toChunk } from '#els/runner/call-chunks.js';
import { nowMicros } from '#els/base/clock.js';
import { encode, newHistogram, record } from '#els/runner/latency.js';
import { PROTOCOL_VERSION } from '#els/runner/messages.js';
import { callsOf } from '#els/workload/plan.js';

const COUNTERS = { roundTrips: 0, retriesByCode: {}, warmUpCalls: 0, counts: {} };

/** An encoded histogram of so many values. */
export function histogramOf(count) {
  const histogram = newHistogram();
  for (let value = 0; value < count; value++) record(histogram, 1);
  return encode(histogram);
}

/** What a worker says that makes all its calls in an instant, now: ready, calls, done. */
export function honestMessages(job) {
  const now = nowMicros();
  const calls = [...callsOf(job)].flat().map(({ index }) => ({
    ...{ deliveryIndex: index, intendedMicros: now, startMicros: now, endMicros: now },
    ...{ outcome: 'created', slotId: `slot-${index}`, recovered: false, replyLost: false },
    ...{ mayHaveHappened: false, errorCode: null, sqlState: null },
  }));
  const histogram = histogramOf(calls.length);
  const lagMicros = { p50: NaN, p99: NaN, max: NaN };
  const summary = {
    ...{ latency: histogram, serviceTime: histogram, scheduleLag: histogram, counters: COUNTERS },
    ...{ ranOut: true, skipped: 0, errorMessages: {}, unsettled: null },
    client: { calls: calls.length, elapsedMs: 1, cpuMicros: 1, utilization: 0.5, lagMicros },
  };
  return [
    { type: 'ready', version: PROTOCOL_VERSION },
    { type: 'calls', chunk: toChunk(calls), counters: COUNTERS },
    { type: 'done', summary },
  ];
}
