import type { ClientBase } from 'pg';
import type { Inventory } from '../engine/assignment.js';
import type { BatchMigration, MigrationControl } from './migration.js';
import type { Witness } from '../../../domain/run-result.js';

/** A batch on its way from one inventory to the other. */
export interface Move {
  readonly client: ClientBase;
  readonly batchId: string;
  readonly to: Inventory;
  readonly control: MigrationControl;
  /** Rows copied by now. */
  copied: number;
  /** Since when its callers wait, on performance.now()'s clock; undefined: they do not. */
  pausedSinceMs: number | undefined;
}

/** What became of a batch, as of now. */
export function endOf(
  { batchId, copied, pausedSinceMs }: Move,
  outcome: BatchMigration['outcome'],
  disagreements: readonly Witness[] = [],
): BatchMigration {
  const pauseMs = pausedSinceMs === undefined ? 0 : performance.now() - pausedSinceMs;
  return { batchId, outcome, copied, pauseMs, disagreements };
}

export function otherThan(inventory: Inventory): Inventory {
  return inventory === 'slots' ? 'essays' : 'slots';
}

/** A call of `legacy` between its two transactions has a slot, and no essay yet. */
export function isUnderWay(row: Witness): boolean {
  return row['slot_content'] !== null && row['essay_content'] === null;
}

/** A call that is under way has ended after this long, or its process has died. */
export const LONGEST_CALL_MS = 1_000;
/** Between two looks at calls that are under way. */
export const LOOK_AGAIN_MS = 5;
