import type { ClientBase } from 'pg';
import { bindValues, loadStatement } from '../database/statement.js';

// What the tool's own schema knows of batches on tables that are not the tool's.

const RECORD = loadStatement('runs/record-batches');
const FIND = loadStatement('runs/batches');
const FORGET = loadStatement('runs/forget');

/** Records the batches of a run, before they are registered. */
export async function recordBatches(
  client: ClientBase,
  { runId, strategy, batchIds }: { readonly runId: string; readonly strategy: string; readonly batchIds: readonly string[] },
): Promise<void> {
  const values = { run_id: runId, strategy, batch_ids: batchIds };
  await client.query(RECORD.text, bindValues<unknown>(RECORD, values));
}

/** The batches that runs recorded. */
export async function recordedBatches(client: ClientBase, runIds: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ batchId: string }>(FIND.text, bindValues<unknown>(FIND, { run_ids: runIds }));
  return rows.map(({ batchId }) => batchId);
}

/** Removes the records of runs whose batches are gone. */
export async function forgetRuns(client: ClientBase, runIds: readonly string[]): Promise<void> {
  await client.query(FORGET.text, bindValues<unknown>(FORGET, { run_ids: runIds }));
}
