import type { Row, Step } from '../database/protocol.js';
import type { SchedulingPoint } from './scheduling-point.js';

/**
 * How the first transaction of a session that writes ends.
 * - commit: as it should.
 * - rollback: the process is gone before the commit; its call has no outcome.
 * - reply lost: committed, but the connection broke before the answer came; the instance tries again.
 * - lost before commit: rolled back because the connection broke; the instance tries again.
 */
export type Ending = 'commit' | 'rollback' | 'reply lost' | 'lost before commit';

/** A step as it was made. */
export interface StepRecord {
  /** Which session, from 0. */
  readonly session: number;
  /** Prepared statements in the order in which they were sent. */
  readonly sent: Step[];
  reply: string | null;
  /** Number of the step (from 1) that let it go, when it had to wait. */
  waitedForStep: number | null;
}

/** Where one session is in one schedule. */
export interface SessionState {
  readonly schedulingPoint: SchedulingPoint;
  readonly ending: Ending;
  /** Whether a look for completion is one step, commit and all. */
  readonly looksAreWhole: boolean;
  /** The step under way. */
  record: StepRecord | undefined;
  /** Statements of the step that the session stands before; empty before a commit or rollback. */
  next: readonly Step[];
  /** Whether the transaction that `ending` speaks of is over, or the call without one. */
  ended: boolean;
}

/** Rows as psql prints them unaligned. */
export function toReply(rows: readonly Row[]): string | null {
  return rows.length === 0
    ? null
    : rows.map((row) => row.map((cell) => cell ?? 'null').join(' | ')).join('; ');
}
