import type { Measured } from './measured.js';
import type { LoadCounts, OpenLoopCounts } from './load.js';

/** What a sweep may vary: what a load has many of, and an open loop besides. */
export type SweptParameter = keyof LoadCounts | keyof OpenLoopCounts;

/** One parameter of a scenario, and the values it is given in turn. */
export interface SweepAxis {
  readonly parameter: SweptParameter;
  /** Ascending. */
  readonly values: readonly number[];
}

/** What one run of a sweep says; one that was cut off does not tell who was the bottleneck. */
export interface SweepStep {
  readonly value: number;
  readonly throughputPerSecond: Measured;
  /** Latency from the intended start. */
  readonly p95Micros: Measured;
  /** Whether the load generator was the bottleneck; null where that was not measured. */
  readonly clientSaturated: boolean | null;
  /** Of a rate alone: whether 95 % of the calls that were due each second were made, and none was skipped. */
  readonly achieved?: boolean | undefined;
}

/**
 * The knee is the smallest value that reaches this share of the best throughput. A rate is achieved by this share of
 * the calls that were due.
 */
export const KNEE_SHARE = 0.95;

/** The answer of a sweep beside its runs. */
export interface Sweep {
  readonly parameter: SweptParameter;
  /** One for each run, in their order: values ascend. */
  readonly steps: readonly SweepStep[];
  /**
   * Where more of the parameter gains little more throughput; of a rate, the last one that was achieved. Null where no
   * step of a valid run shows that: throughput still rose at the last one, every rate was achieved, or none was.
   */
  readonly knee: number | null;
  /** From this value on the load generator was the bottleneck at every step that tells; null: not at the last one. */
  readonly clientSaturatedFrom: number | null;
  /** From this value on the load generator was the bottleneck at no step that tells; null: it was at the last one. */
  readonly clientUnsaturatedFrom: number | null;
}
