import { complaintAboutText } from '../base/text.js';
import type { Inventory } from '../domain/assignment.js';
import { UsageError } from '../domain/errors.js';
import type { BatchRegistration } from './register.js';

/** The number of an essay has seven digits. */
const MAX_SLOTS = 9_999_999;

const INVENTORIES: readonly Inventory[] = ['slots', 'essays'];

/**
 * Checks a registration before anything is sent.
 *
 * @throws UsageError `invalid_registration` that names the field
 */
export function checkRegistration(registration: BatchRegistration): void {
  const { runId, strategy, inventory, batchIds, slots } = registration;
  checkText('runId', runId);
  checkText('strategy', strategy);
  if (!INVENTORIES.includes(inventory)) {
    throw refusal('inventory must be "slots" or "essays"');
  }
  if (!Array.isArray(batchIds)) throw refusal('batchIds must be an array');
  for (const [position, batchId] of (batchIds as readonly unknown[]).entries())
    checkText(`batchIds[${position}]`, batchId);
  const again = batchIds.findIndex((batchId, position) => batchIds.indexOf(batchId) !== position);
  if (again >= 0) throw refusal(`batchIds[${again}] is ${JSON.stringify(batchIds[again])} once more`);
  if (!Number.isInteger(slots) || slots < 1 || slots > MAX_SLOTS) {
    throw refusal(`slots must be a whole number from 1 to ${MAX_SLOTS}`);
  }
}

function checkText(field: string, value: unknown): void {
  const complaint = complaintAboutText(value, 1);
  if (complaint !== undefined) throw refusal(`${field} ${complaint}`);
}

function refusal(message: string): UsageError {
  return new UsageError('invalid_registration', message);
}
