import type { Call } from '../domain/call.js';
import type { TimeSeries } from '../domain/run-result.js';

/** A series has no more intervals than this; from 1.2 s on it has at least 48. */
const MOST_INTERVALS = 120;
const SHORTEST_INTERVAL_MS = 10;

/**
 * Counts calls by the interval in which they ended.
 *
 * @param startMicros where the first interval begins; calls that ended before it are left out
 */
export function toTimeSeries(calls: readonly Call[], startMicros: number): TimeSeries {
  const endMicros = calls.reduce((latest, call) => Math.max(latest, call.endMicros), startMicros);
  const intervalMs = intervalFor((endMicros - startMicros) / 1_000);
  const intervals = Array.from({ length: Math.ceil((endMicros - startMicros) / 1_000 / intervalMs) }, () => ({
    latencies: [] as number[],
    failures: 0,
  }));
  for (const { endMicros: end, intendedMicros, outcome } of calls) {
    const position = Math.ceil((end - startMicros) / 1_000 / intervalMs) - 1;
    const interval = intervals[position];
    if (interval === undefined) continue;
    interval.latencies.push(end - intendedMicros);
    if (outcome === 'error' || outcome === 'unknown') interval.failures += 1;
  }
  for (const { latencies } of intervals) latencies.sort((a, b) => a - b);
  return {
    intervalMs,
    calls: intervals.map(({ latencies }) => latencies.length),
    failures: intervals.map(({ failures }) => failures),
    p50Micros: intervals.map(({ latencies }) => nearestRank(latencies, 0.5)),
    p95Micros: intervals.map(({ latencies }) => nearestRank(latencies, 0.95)),
  };
}

/** The shortest of 10, 20, 50, 100, 200, 500, … ms that divides a duration into no more intervals than may be. */
function intervalFor(durationMs: number): number {
  for (let decade = SHORTEST_INTERVAL_MS; ; decade *= 10) {
    const found = [1, 2, 5].map((step) => step * decade).find((ms) => durationMs <= ms * MOST_INTERVALS);
    if (found !== undefined) return found;
  }
}

function nearestRank(sorted: readonly number[], share: number): number | null {
  const micros = sorted[Math.ceil(share * sorted.length) - 1];
  return micros === undefined ? null : Math.round(micros);
}
