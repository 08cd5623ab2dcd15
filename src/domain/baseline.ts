import type { Environment, LatencyMicros, RunResult } from './run-result.js';

/** A field that a scenario does not have is missing. */
export type Shape = Readonly<Record<string, unknown>>;

/** What a baseline keeps of a round. */
export interface BaselineRound extends Pick<RunResult, 'round' | 'throughputPerSecond'> {
  readonly latencyMicros: Pick<LatencyMicros, 'mean' | 'p50' | 'p95' | 'p99'>;
}

/** All rounds of one scenario under one strategy, with or without advisory locks. */
export interface BaselineRow {
  readonly scenario: string;
  readonly strategy: string;
  readonly advisoryLocks: boolean;
  readonly shape: Shape;
  readonly rounds: readonly BaselineRound[];
}

/** An earlier result that later ones are compared with. */
export interface Baseline {
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly environment: Environment;
  readonly rows: readonly BaselineRow[];
}

/** The most rounds of a row that a baseline keeps and that are compared: the last ones. */
export const MOST_BASELINE_ROUNDS = 64;
