import type { ClientBase } from 'pg';
import { atomically } from '../database/atomic.js';
import { bindValues, loadStatement, type Statement } from '../database/statement.js';
import type { Inventory } from '../domain/assignment.js';
import { UsageError } from '../domain/errors.js';

/** How a batch is filled. */
export interface Tracker {
  readonly inventory: Inventory | 'switching';
  /** Where the migration that switches it goes; null: none does. */
  readonly switchingTo: Inventory | null;
}

const FIND = loadStatement('migrate/find');
const BEGIN = loadStatement('migrate/begin');
const MARK = loadStatement('migrate/mark');
const SWITCH = loadStatement('migrate/switch');

/** @throws UsageError `unknown_batch` */
export async function findTracker(client: ClientBase, batchId: string): Promise<Tracker> {
  const [tracker] = await send<Tracker>(client, FIND, { batch_id: batchId });
  if (tracker !== undefined) return tracker;
  throw new UsageError('unknown_batch', `batch ${JSON.stringify(batchId)} is not registered`);
}

/** Notes that rows of a batch are going to be copied. */
export const noteBeginning = (client: ClientBase, batchId: string) =>
  send(client, BEGIN, { batch_id: batchId });

/** From its commit on, claims that begin wait. */
export const markSwitching = (client: ClientBase, batchId: string, to: Inventory) =>
  send(client, MARK, { batch_id: batchId, to });

/** From its commit on, a batch that is switching is filled through this inventory, and through no other. */
export const setInventory = (client: ClientBase, batchId: string, to: Inventory) =>
  send(client, SWITCH, { batch_id: batchId, to });

/** In a transaction of its own, or as a part of the client's. */
async function send<T extends object>(
  client: ClientBase,
  statement: Statement,
  values: Readonly<Record<string, string>>,
): Promise<T[]> {
  const { rows } = await atomically(client, () =>
    client.query<T>(statement.text, bindValues(statement, values)),
  );
  return rows;
}
