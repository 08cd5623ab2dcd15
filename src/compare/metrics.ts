import type { Ratio, RunResult } from '../domain/run-result.js';
import { CONFIDENCE } from './levels.js';
import type { Pair } from './rows.js';
import { centreInterval, flipSigns, type Interval } from './sign-flips.js';

export type Metric = Ratio['metric'];

/** How each compared metric is read from a run; latencies count from the intended start, in microseconds. */
const READ: Readonly<Record<Metric, (run: RunResult) => number>> = {
  throughput: (run) => run.throughputPerSecond,
  mean: (run) => run.latencyMicros.mean,
  p50: (run) => run.latencyMicros.p50,
  p95: (run) => run.latencyMicros.p95,
  p99: (run) => run.latencyMicros.p99,
};

export const METRICS = Object.keys(READ) as Metric[];

/** A metric of one row divided by another's. */
export interface MetricRatio extends Interval {
  /** Geometric mean of the ratios of the paired rounds. */
  readonly ratio: number;
}

/**
 * Divides a metric of paired rounds. The geometric mean is the one mean of ratios that does not depend on which of the
 * two is divided by the other: P. J. Fleming and J. J. Wallace, "How not to lie with statistics: the correct way to
 * summarize benchmark results", Communications of the ACM 29 (1986), 218–221. It always lies within [low, high].
 *
 * @returns undefined when there is no pair, or when any value is not a positive number: it was not measured.
 */
export function ratioOf(metric: Metric, pairs: readonly Pair[]): MetricRatio | undefined {
  const differences = logRatios(metric, pairs);
  if (differences === undefined) {
    return undefined;
  }
  const { low, high, confidence } = centreInterval(flipSigns(differences), CONFIDENCE);
  return { ratio: Math.exp(mean(differences)), low: Math.exp(low), high: Math.exp(high), confidence };
}

/**
 * The natural logarithms of the ratios of paired rounds: 0 where both are equal, and twice as fast is as far above it
 * as half as fast is below.
 *
 * @returns undefined when there is no pair, or when any value is not a positive number: it was not measured.
 */
export function logRatios(metric: Metric, pairs: readonly Pair[]): number[] | undefined {
  const read = READ[metric];
  const values = pairs.flat().map(read);
  if (pairs.length === 0 || !values.every(isMeasured)) {
    return undefined;
  }
  return pairs.map(([subject, reference]) => Math.log(read(subject) / read(reference)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isMeasured(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}
