import type { Ratio, RunResult } from '../domain/run-result.js';
import { median } from './median.js';
import type { Pair } from './rows.js';

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
export interface MetricRatio {
  /** Ratio of the two medians over the rounds. */
  readonly ratio: number;
  /** Smallest and largest ratio of a single paired round. */
  readonly low: number;
  readonly high: number;
}

/**
 * Divides a metric of paired rounds. `ratio` always lies within [low, high], since medians keep order and scale.
 * @returns undefined when there is no pair, or when any value is not a positive number: it was not measured.
 */
export function ratioOf(metric: Metric, pairs: readonly Pair[]): MetricRatio | undefined {
  const subject = pairs.map(([run]) => READ[metric](run));
  const reference = pairs.map(([, run]) => READ[metric](run));
  if (pairs.length === 0 || ![...subject, ...reference].every(isMeasured)) {
    return undefined;
  }
  const single = pairs.map(([run, partner]) => READ[metric](run) / READ[metric](partner));
  return {
    ratio: median(subject) / median(reference),
    low: Math.min(...single),
    high: Math.max(...single),
  };
}

function isMeasured(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}
