import type { ClientBase } from 'pg';
import { transaction } from '../database/session.js';
import { bindValues, loadStatement } from '../database/statement.js';
import type { Inventory } from '../domain/assignment.js';

/** Batches of equal size to be registered together. */
export interface BatchRegistration {
  /** By which they are found and removed again. */
  readonly runId: string;
  /** Who will fill them, for the record. */
  readonly strategy: string;
  readonly inventory: Inventory;
  readonly batchIds: readonly string[];
  /** Slots of each batch. */
  readonly slots: number;
}

const REGISTER = loadStatement('batches/register');
const ANALYZE = loadStatement('batches/analyze');
const DELETE_RUNS = loadStatement('batches/delete-runs');

/** Registers batches: one tracker row, N available slots and N uploaded essays each. All or nothing. */
export async function registerBatches(client: ClientBase, registration: BatchRegistration): Promise<void> {
  const values: Record<string, unknown> = {
    run_id: registration.runId,
    strategy: registration.strategy,
    inventory: registration.inventory,
    batch_ids: registration.batchIds,
    slots: registration.slots,
  };
  await client.query(REGISTER.text, bindValues(REGISTER, values));
}

/** Gives the planner fresh statistics of the tool's tables. */
export async function analyzeTables(client: ClientBase): Promise<void> {
  await client.query(ANALYZE.text);
}

/** Removes what runs registered in a schema and everything that was written about it. All or nothing. */
export async function deleteRuns(
  client: ClientBase,
  schema: string,
  runIds: readonly string[],
): Promise<void> {
  await transaction(client, () =>
    client.query(DELETE_RUNS.text, bindValues(DELETE_RUNS, { run_ids: runIds })),
  );
  await client.query(loadStatement('batches/vacuum', { schema }).text);
}
