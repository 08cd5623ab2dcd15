import type { Measured } from './measured.js';

/** A stretch of a run with a rollout, between two moments of its switches. Times are from the barrier's release. */
export interface RolloutPhase {
  /** What every worker's calls went to; while a switch is under way, what they go to when it is over. */
  readonly strategy: string;
  /** Where a switch is under way: the strategy before; else null. */
  readonly switchedFrom: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** Calls that ended in it, whatever their outcome. */
  readonly calls: number;
  readonly throughputPerSecond: Measured;
  /** Of those calls, from the intended start. */
  readonly latencyMicros: { readonly p50: Measured; readonly p95: Measured; readonly p99: Measured };
}

/** All workers changed from one strategy to the next, and the batches followed. Times are from the barrier's release. */
export interface RolloutSwitch {
  readonly from: string;
  readonly to: string;
  readonly plannedMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /** From the first worker's change to the last one's. */
  readonly changeMs: number;
  /** Null where both strategies serve the same form of batches. */
  readonly migration: RolloutMigration | null;
  /** What a caller waited at most: the longest latency of a call that was under way during the switch. */
  readonly longestCallMicros: Measured;
}

/** All batches of a run were given another form, by one process or by those that resumed after it. */
export interface RolloutMigration {
  readonly tookMs: number;
  readonly batches: number;
  /** Of those batches. */
  readonly slots: number;
  /** From the mark of a batch, which lets its calls wait, to its switch. */
  readonly longestPauseMs: number;
  /** Processes that were started. */
  readonly processes: number;
}

/** How a run went from strategy to strategy. */
export interface RolloutResult {
  readonly phases: readonly RolloutPhase[];
  readonly switches: readonly RolloutSwitch[];
}

/** What `compare --rollout` says of all its rounds. */
export interface RolloutSummary {
  /** What a caller waited at most while a switch was under way. */
  readonly longestCallMicros: Measured;
  /** What a batch paused at most. */
  readonly longestPauseMs: Measured;
}
