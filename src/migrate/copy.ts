import type { ClientBase } from 'pg';
import { transaction } from '../database/session.js';
import { bindValues, loadStatement, type Statement } from '../database/statement.js';
import type { Inventory } from '../domain/assignment.js';
import type { Witness } from '../domain/run-result.js';

const COPY: Readonly<Record<Inventory, Statement>> = {
  slots: loadStatement('migrate/copy-to-slots'),
  essays: loadStatement('migrate/copy-to-essays'),
};
const PENDING = loadStatement('migrate/pending');
const DISAGREEMENTS = loadStatement('migrate/disagreements');

/** Rows that are copied together while callers go on. */
const PIECE_ROWS = 20_000;
/** More than this nobody reads. */
const MOST_DISAGREEMENTS = 10;

/**
 * Copies what the inventory `to` lacks, in pieces of one transaction each, while callers go on with the other one. What
 * they take meanwhile is left for `copyRest`: a slot never changes hands, so that what was copied stays right.
 *
 * @param onCopied told after each piece how many rows there are by now; may throw to end it
 * @returns rows that were copied
 */
export async function copyAhead(
  client: ClientBase,
  batchId: string,
  to: Inventory,
  onCopied: (rows: number) => void,
): Promise<number> {
  let copied = 0;
  for (;;) {
    const piece = await transaction(client, () => copy(client, batchId, to, PIECE_ROWS));
    copied += piece;
    if (piece > 0) onCopied(copied);
    if (piece < PIECE_ROWS) return copied;
  }
}

/** Copies all that is left, within the client's transaction. */
export const copyRest = (client: ClientBase, batchId: string, to: Inventory) =>
  copy(client, batchId, to, null);

async function copy(
  client: ClientBase,
  batchId: string,
  to: Inventory,
  most: number | null,
): Promise<number> {
  const { text } = COPY[to];
  const { rowCount } = await client.query(text, bindValues<unknown>(COPY[to], { batch_id: batchId, most }));
  return rowCount ?? 0;
}

/** How many rows there are to copy, as of now; within the client's transaction. */
export async function countPending(client: ClientBase, batchId: string, to: Inventory): Promise<number> {
  const values = bindValues(PENDING, { batch_id: batchId, to });
  const { rows } = await client.query<{ rows: number }>(PENDING.text, values);
  return rows[0]?.rows ?? 0;
}

/**
 * Slots and essays of a batch that differ, some of them where there are many; within the client's transaction.
 *
 * @param beforeCopyTo leaves out what copying to this inventory would mend
 */
export async function findDisagreements(
  client: ClientBase,
  batchId: string,
  beforeCopyTo: Inventory | null = null,
): Promise<Witness[]> {
  const binds = { batch_id: batchId, before_copy_to: beforeCopyTo, most: MOST_DISAGREEMENTS };
  const values = bindValues<unknown>(DISAGREEMENTS, binds);
  const { rows } = await client.query<Witness>(DISAGREEMENTS.text, values);
  return rows;
}
