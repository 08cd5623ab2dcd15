import type { ClientBase } from 'pg';
import { bindValues, loadStatement } from '../../../database/statement.js';
import type { Inventory } from '../engine/assignment.js';
import type { BatchTotals } from '../../../domain/run-result.js';

/** Where a batch stands. */
export interface BatchStatus {
  /** As it was asked for. */
  readonly batchId: string;
  /** The table that it is filled through. */
  readonly inventory: Inventory | 'switching';
  /** Where the migration that switches it goes; null: none does. */
  readonly switchingTo: Inventory | null;
  /** Slots that it was registered with. */
  readonly expected: number;
  /** Essays that are ready for processing. */
  readonly ready: number;
  /** Slots that are free. */
  readonly available: number;
  /** When its completion was published; null: not yet. */
  readonly completedAt: Date | null;
}

const STATUS = loadStatement('batches/status');
const TOTALS = loadStatement('batches/totals');
const COUNTS_OF_RUNS = loadStatement('batches/counts-of-runs');
const LOOK = loadStatement('completion/look');

/**
 * Reads where a batch stands. For inventory `essays` everything derives from essay_states alone.
 *
 * @returns undefined when the batch is not registered
 */
export async function batchStatus(client: ClientBase, batchId: string): Promise<BatchStatus | undefined> {
  const { rows } = await client.query<BatchStatus>(STATUS.text, bindValues(STATUS, { batch_id: batchId }));
  return rows[0];
}

/** Sums up where batches stand. */
export async function batchTotals(client: ClientBase, batchIds: readonly string[]): Promise<BatchTotals> {
  const { rows } = await client.query<BatchTotals>(TOTALS.text, [batchIds]);
  const totals = rows[0];
  if (totals === undefined) throw new Error('the totals returned no row');
  return totals;
}

/** How many batches and rows of each kind there are of every run, by its id. */
export async function countRuns(client: ClientBase): Promise<Map<string, Readonly<Record<string, number>>>> {
  type Row = { readonly runId: string } & Readonly<Record<'batches' | 'slots' | 'essays' | 'events', number>>;
  const { rows } = await client.query<Row>(COUNTS_OF_RUNS.text);
  return new Map(rows.map(({ runId, ...counts }) => [runId, counts]));
}

/**
 * Completes a batch whose last caller died before it looked.
 *
 * @returns whether the batch was full and not yet completed: the repair was needed
 */
export async function repairCompletion(client: ClientBase, batchId: string): Promise<boolean> {
  const { rows } = await client.query<{ state: string }>(
    LOOK.text,
    bindValues(LOOK, { batch_id: batchId, low_water: '' }),
  );
  return rows[0]?.state === 'completed';
}
