import type { ClientBase } from 'pg';
import { transaction } from '../../../database/session.js';
import { bindValues, loadStatement } from '../../../database/statement.js';
import type { Inventory } from '../engine/assignment.js';
import type { PlannedMigration } from './migration.js';
import type { Witness } from '../../../domain/run-result.js';

const COPY_TO_SLOTS = loadStatement('migrate/copy-to-slots');
const COMPARE = loadStatement('migrate/compare');

/** Rows that are copied together while callers go on. */
const PIECE_ROWS = 20_000;
/** So few rows are left for when callers wait. */
const FEW_ROWS = 200;

/** What one statement did, and saw. */
export interface Copied {
  readonly copied: number;
  /** Slots and essays that differ besides, some of them where there are many. */
  readonly disagreements: readonly Witness[];
}

/**
 * Copies what the inventory `to` lacks, in pieces of one transaction each, while callers go on with the other one, until
 * little is left or they take as much meanwhile. A slot never changes hands, so that what was copied stays right. To
 * essays there is nothing to copy: who takes a slot writes its essay too.
 *
 * @param onCopied told the rows of each piece; may throw to end it
 */
export async function copyAhead(
  client: ClientBase,
  batchId: string,
  to: Inventory,
  onCopied: (rows: number) => void,
): Promise<void> {
  if (to === 'essays') return;
  for (let before = Infinity; ;) {
    const { copied } = await transaction(client, () => copyToSlots(client, batchId, PIECE_ROWS));
    if (copied > 0) onCopied(copied);
    if (copied < FEW_ROWS || (copied < PIECE_ROWS && copied >= before)) return;
    before = copied;
  }
}

/** Copies all that is left, and holds all slots and essays against each other; within the client's transaction. */
export async function copyRest(client: ClientBase, batchId: string, to: Inventory): Promise<Copied> {
  if (to === 'slots') return copyToSlots(client, batchId, null);
  const { disagreements } = await compareInventories(client, batchId, to);
  return { copied: 0, disagreements };
}

async function copyToSlots(client: ClientBase, batchId: string, most: number | null): Promise<Copied> {
  const values = bindValues<unknown>(COPY_TO_SLOTS, { batch_id: batchId, most });
  const { rows } = await client.query<Copied>(COPY_TO_SLOTS.text, values);
  return rows[0] ?? { copied: 0, disagreements: [] };
}

/** What is left to copy, as of now, and what differs besides; within the client's transaction. */
export async function compareInventories(
  client: ClientBase,
  batchId: string,
  to: Inventory,
): Promise<Pick<PlannedMigration, 'pending' | 'disagreements'>> {
  const values = bindValues(COMPARE, { batch_id: batchId, to });
  const { rows } = await client.query<Pick<PlannedMigration, 'pending' | 'disagreements'>>(
    COMPARE.text,
    values,
  );
  return rows[0] ?? { pending: 0, disagreements: [] };
}
