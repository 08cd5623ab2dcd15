import type { InvariantResult, StopSignal, Verdict } from './run-result.js';

/** What one session was let do at one moment of a schedule. */
export interface ScheduleStep {
  /** From 1. */
  readonly session: number;
  /** Statements as psql runs them, in order. */
  readonly sql: readonly string[];
  /** The last statement's rows or the error; null when nothing came back. */
  readonly reply: string | null;
  /** It had to wait for a lock until this step (from 1) let it go; null: it did not wait. */
  readonly waitedForStep: number | null;
}

/** A schedule that violates an invariant, complete enough to be replayed by hand. */
export interface Counterexample {
  readonly configuration: string;
  /** How often a session was stopped although it could have gone on. */
  readonly preemptions: number;
  readonly violated: readonly InvariantResult[];
  /** How each call ended, e.g. `S1 content a: created …-e0000001`. */
  readonly calls: readonly string[];
  /** What each session runs before anything else. */
  readonly setup: readonly { readonly session: number; readonly sql: readonly string[] }[];
  /** Registers the batch, in any of the sessions. */
  readonly registration: readonly string[];
  readonly steps: readonly ScheduleStep[];
  /** Removes what the replay wrote, in any session that is left. */
  readonly cleanup: readonly string[];
}

/** Which schedules of a configuration were run. */
export type Coverage =
  | { readonly kind: 'all' }
  /** All with at most so many preemptions: the others are too many. */
  | { readonly kind: 'preemptions'; readonly most: number }
  /** Fewer, for the reason given. */
  | { readonly kind: 'cut off'; readonly reason: string };

/** Some callers, their contents and a number of slots, and what their schedules showed. */
export interface ConfigurationProof {
  readonly name: string;
  readonly callers: number;
  readonly slots: number;
  readonly schedules: number;
  readonly coverage: Coverage;
  /** Steps that had to wait for a lock, over all schedules. */
  readonly blockedSteps: number;
  /** Schedules that went another way than was asked: PostgreSQL alone decides who of several waiters is first. */
  readonly redirected: number;
  /** How often each combination of outcomes was seen, in the order of the callers. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly durationMs: number;
}

/** The answer of `prove`. `valid`: no schedule that was to be run violates an invariant. */
export interface Proof {
  readonly strategy: string;
  readonly advisoryLocks: boolean;
  readonly verdict: Verdict;
  /** Why the verdict is `unknown`, one line each. */
  readonly notes: readonly string[];
  readonly configurations: readonly ConfigurationProof[];
  readonly schedules: number;
  readonly durationMs: number;
  readonly counterexample?: Counterexample | undefined;
  readonly interrupted?: StopSignal | undefined;
}
