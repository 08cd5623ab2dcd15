import type { ClientBase } from 'pg';
import { bindValues, loadStatement } from '../../../database/statement.js';

const ALL = loadStatement('batches/all');
const SWITCHING = loadStatement('batches/switching');

/** A batch of the schema. */
export interface FoundBatch {
  readonly batchId: string;
  /** Whether a run registered it, which will remove it. */
  readonly isOfRun: boolean;
}

/** All batches of the schema. */
export async function findBatches(client: ClientBase): Promise<FoundBatch[]> {
  return (await client.query<FoundBatch>(ALL.text)).rows;
}

/** Which of these batches are between two inventories, because a migration is under way or was interrupted. */
export async function findSwitching(client: ClientBase, batchIds: readonly string[]): Promise<string[]> {
  const values = bindValues<unknown>(SWITCHING, { batch_ids: batchIds });
  const { rows } = await client.query<{ batchId: string }>(SWITCHING.text, values);
  return rows.map((row) => row.batchId);
}
