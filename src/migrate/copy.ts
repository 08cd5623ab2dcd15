import type { ClientBase } from 'pg';
import { transaction } from '../database/session.js';
import { bindValues, loadStatement, type Statement } from '../database/statement.js';
import type { Inventory } from '../domain/assignment.js';
import type { PlannedMigration } from '../domain/migration.js';
import type { Witness } from '../domain/run-result.js';

const COPY: Readonly<Record<Inventory, Statement>> = {
  slots: loadStatement('migrate/copy-to-slots'),
  essays: loadStatement('migrate/copy-to-essays'),
};
const PLAN = loadStatement('migrate/plan');

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
 * little is left or they take as much meanwhile. A slot never changes hands, so that what was copied stays right.
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
  let sum = 0;
  for (let before = Infinity; ;) {
    const { copied } = await transaction(client, () => copy(client, batchId, to, PIECE_ROWS));
    sum += copied;
    if (copied > 0) onCopied(sum);
    if (copied < FEW_ROWS || (copied < PIECE_ROWS && copied >= before)) return sum;
    before = copied;
  }
}

/** Copies all that is left, and holds all slots and essays against each other; within the client's transaction. */
export const copyRest = (client: ClientBase, batchId: string, to: Inventory) =>
  copy(client, batchId, to, null);

async function copy(
  client: ClientBase,
  batchId: string,
  to: Inventory,
  most: number | null,
): Promise<Copied> {
  const values = bindValues<unknown>(COPY[to], { batch_id: batchId, most });
  const { rows } = await client.query<Copied>(COPY[to].text, values);
  return rows[0] ?? { copied: 0, disagreements: [] };
}

/** What copying would do, as of now, and what would be left; within the client's transaction. */
export async function planCopy(
  client: ClientBase,
  batchId: string,
  to: Inventory,
): Promise<Pick<PlannedMigration, 'pending' | 'disagreements'>> {
  const values = bindValues(PLAN, { batch_id: batchId, to });
  const { rows } = await client.query<Pick<PlannedMigration, 'pending' | 'disagreements'>>(PLAN.text, values);
  return rows[0] ?? { pending: 0, disagreements: [] };
}
