import type { Inventory } from '../engine/assignment.js';
import type { InfrastructureError } from '../../../domain/errors.js';
import type { StopSignal, Witness } from '../../../domain/run-result.js';

/**
 * How the migration of a batch ended: switched; there already; an interrupted one the other way undone; refused, because
 * its two inventories disagree, and left or put back as it was; or not at all, for something failed or ended it.
 */
export type MigrationOutcome = 'migrated' | 'already' | 'undone' | 'put_back' | 'unfinished';

/** What became of one batch. */
export interface BatchMigration {
  readonly batchId: string;
  readonly outcome: MigrationOutcome;
  /** Rows written to the inventory that it goes to. */
  readonly copied: number;
  /** How long its callers had to wait, in milliseconds, also for an earlier migration that was killed; 0: not at all. */
  readonly pauseMs: number;
  /** Why it was put back: rows that differ, some of them where there are many. */
  readonly disagreements: readonly Witness[];
}

/** What a migration of a batch would do, as of now. */
export interface PlannedMigration {
  readonly batchId: string;
  /** How it is filled now. */
  readonly inventory: Inventory | 'switching';
  /** Rows to be written to the inventory that it goes to. */
  readonly pending: number;
  /** Rows that differ besides: calls under way among them, which may be over by then. */
  readonly disagreements: readonly Witness[];
}

/** What a migration would do, as of now. */
export interface MigrationPlan {
  readonly to: Inventory;
  readonly batches: readonly PlannedMigration[];
  /** Batches of runs that were not asked for. */
  readonly leftAlone: number;
}

/** What became of the batches that were to be migrated. */
export interface MigrationReport {
  readonly to: Inventory;
  /** Those that were come to. */
  readonly batches: readonly BatchMigration[];
  readonly plannedBatches: number;
  /** Batches of runs that were not asked for. */
  readonly leftAlone: number;
  /** Why it ended early. */
  readonly failure?: InfrastructureError | undefined;
  readonly interrupted?: StopSignal | undefined;
}

/** Where the migration of a batch stands: callers wait; no older claim is under way; all is copied; it is switched. */
export const MIGRATION_STEPS = ['marked', 'drained', 'copied', 'switched'] as const;

export type MigrationStep = (typeof MIGRATION_STEPS)[number];

/** How migrations are watched and stopped. */
export interface MigrationControl {
  /** Longest time that the callers of a batch may have to wait, in milliseconds; then it is put back. */
  readonly pauseLimitMs: number;
  /** Awaited after each step of each batch. */
  readonly onStep?: ((batchId: string, step: MigrationStep) => Promise<void>) | undefined;
  /** Told how many rows of a batch are copied by now, some thousands after the other. */
  readonly onCopied?: ((batchId: string, rows: number) => void) | undefined;
  /** Told how far a batch came whose migration throws. */
  readonly onUnfinished?: ((batch: BatchMigration) => void) | undefined;
  /** Told of each batch when it is done. */
  readonly onBatch?: ((batch: BatchMigration) => void) | undefined;
  /** Ends it between two steps; a batch whose callers wait is put back. */
  readonly signal?: AbortSignal | undefined;
}
