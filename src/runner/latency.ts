import type { Histogram } from 'hdr-histogram-js';
// Not by the index of the package: its log writer loads ICU, which costs each worker some 20 ms at its start.
import { decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js/dist/encoding.js';
import { build } from 'hdr-histogram-js/dist/HistogramBuilder.js';
import type { LatencyMicros, LatencyPoint } from '../domain/run-result.js';

export type { Histogram };

const HIGHEST_MICROS = 3_600_000_000;
/** Three significant digits: a value is off by at most 0.1 %. Equal everywhere, so that histograms add up. */
const SIGNIFICANT_DIGITS = 3;

/** An empty histogram of microseconds. */
export function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_MICROS,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
    bitBucketSize: 32,
  });
}

/** Records one duration; what is beyond the histogram's range counts as its end. */
export function record(histogram: Histogram, micros: number): void {
  histogram.recordValue(Math.min(HIGHEST_MICROS, Math.max(1, Math.round(micros))));
}

/** A histogram as text that travels between processes. */
export function encode(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

/**
 * How many values an encoded histogram holds.
 *
 * @returns undefined where the text is no histogram that adds up with the others
 */
export function countIn(encoded: string): number | undefined {
  try {
    const histogram = decodeFromCompressedBase64(encoded, 32);
    const isAlike =
      histogram.highestTrackableValue === HIGHEST_MICROS &&
      histogram.numberOfSignificantValueDigits === SIGNIFICANT_DIGITS;
    return isAlike ? histogram.totalCount : undefined;
  } catch {
    return undefined;
  }
}

/** Adds encoded histograms up: percentiles of the sum are right, averages of percentiles are not. */
export function addUp(encoded: readonly string[]): Histogram {
  const sum = newHistogram();
  for (const text of encoded) sum.add(decodeFromCompressedBase64(text, 32));
  return sum;
}

/** Reads the percentiles off; NaN where nothing was recorded. */
export function toLatencyMicros(histogram: Histogram): LatencyMicros {
  const at = (percentile: number) =>
    histogram.totalCount === 0 ? NaN : histogram.getValueAtPercentile(percentile);
  return {
    mean: histogram.totalCount === 0 ? NaN : histogram.mean,
    min: at(0),
    p50: at(50),
    p75: at(75),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: at(100),
  };
}

/** Points of the curve for each tenfold of 1 / (1 − percentile / 100). */
const POINTS_PER_DECADE = 8;
/** The curve ends at 99.999. */
const DECADES = 5;

/**
 * The percentile curve, its points evenly spread on the logarithmic axis of HdrHistogram's plots (0, 90, 99, 99.9, …).
 *
 * @returns rising percentiles, as far as at least one call lies beyond; none where nothing was recorded
 */
export function toDistribution(histogram: Histogram): LatencyPoint[] {
  const points: LatencyPoint[] = [];
  for (let index = 0; index <= DECADES * POINTS_PER_DECADE; index++) {
    const beyond = 10 ** (-index / POINTS_PER_DECADE);
    if (beyond * histogram.totalCount < 1) break;
    const percentile = Number((100 * (1 - beyond)).toFixed(4));
    points.push({ percentile, micros: histogram.getValueAtPercentile(percentile) });
  }
  return points;
}
