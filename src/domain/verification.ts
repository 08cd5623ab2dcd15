import type { InvariantResult, NotAsked, Verdict } from './run-result.js';

/** What `verify` checked at once: a kept run, or everything that the schema holds. */
export interface CheckedBatches {
  /** Null: every batch of the schema, or of `target` that is recorded. */
  readonly runId: string | null;
  /** The target on tables of its own that `verify --strategy` was asked of. */
  readonly target?: string;
  readonly batches: number;
  /** Of the history; null where none was given. */
  readonly calls: number | null;
  readonly verdict: Verdict;
  readonly invariants: readonly InvariantResult[];
  /** What no invariant was asked; it does not change the verdict. */
  readonly notAsked: readonly NotAsked[];
  /** Why the verdict is not `valid`, and what the reader should know; one line each. */
  readonly notes: readonly string[];
}

/** A verdict with its reasons. */
export type Judged = Pick<CheckedBatches, 'verdict' | 'invariants' | 'notAsked' | 'notes'>;

/** The whole answer of `verify`. */
export interface VerificationReport {
  readonly verdict: Verdict;
  readonly checked: readonly CheckedBatches[];
}
