import type { ClientBase, QueryResult } from 'pg';
import { atomically } from '../../../database/atomic.js';
import { bindValues, loadStatement, type Statement } from '../../../database/statement.js';
import type { Inventory } from '../engine/assignment.js';
import { UsageError } from '../../../domain/errors.js';

/** How a batch is filled. */
export interface Tracker {
  readonly inventory: Inventory | 'switching';
  /** Where the migration that switches it goes; null: none does. */
  readonly switchingTo: Inventory | null;
  /** How long it has been switching, in milliseconds, if it is. */
  readonly markedForMs: number;
}

const FIND = loadStatement('migrate/find');
const NOTE_BEGINNING = loadStatement('migrate/note-beginning');
const MARK = loadStatement('migrate/mark');
const END_SWITCHING = loadStatement('migrate/end-switching');
const LIMITS = loadStatement('migrate/limits');

/** 0 would mean: no limit. */
const SHORTEST_LIMIT_MS = 1;

/** @throws UsageError `unknown_batch` */
export async function findTracker(client: ClientBase, batchId: string): Promise<Tracker> {
  const { rows } = await send<Tracker>(client, FIND, { batch_id: batchId });
  const [tracker] = rows;
  if (tracker !== undefined) return tracker;
  throw new UsageError('unknown_batch', `batch ${JSON.stringify(batchId)} is not registered`);
}

/** Notes that rows of a batch are going to be copied. */
export const noteBeginning = (client: ClientBase, batchId: string) =>
  send(client, NOTE_BEGINNING, { batch_id: batchId });

/** From its commit on, claims that begin wait. */
export const markSwitching = (client: ClientBase, batchId: string, to: Inventory) =>
  send(client, MARK, { batch_id: batchId, to });

/**
 * From its commit on, a batch that is switching is filled through this inventory, and through no other.
 *
 * @returns whether it was switching
 */
export async function endSwitching(client: ClientBase, batchId: string, to: Inventory): Promise<boolean> {
  const { rowCount } = await send(client, END_SWITCHING, { batch_id: batchId, to });
  return rowCount === 1;
}

/** No statement of the client's transaction lasts longer, in milliseconds. */
export const limitStatements = (client: ClientBase, limitMs: number) =>
  send(client, LIMITS, { limit_ms: String(Math.max(SHORTEST_LIMIT_MS, Math.ceil(limitMs))) });

/** In a transaction of its own, or as a part of the client's. */
function send<T extends object>(
  client: ClientBase,
  statement: Statement,
  values: Readonly<Record<string, string>>,
): Promise<QueryResult<T>> {
  return atomically(client, () => client.query<T>(statement.text, bindValues(statement, values)));
}
