import { batchStatus, repairCompletion, type BatchStatus } from '../batches/status.js';
import { requireNoDrift } from '../../../database/drift.js';
import { requireAccess } from '../../../database/grants.js';
import { requireSchema } from '../../../database/schema.js';
import { requireWritable } from '../../../database/writable.js';
import { UsageError } from '../../../domain/errors.js';
import type { Database } from '../../../app/database.js';
import { inTransaction } from '../../../database/on-pool.js';

export type { BatchStatus } from '../batches/status.js';

/** Where a batch stands, and whether it had to be repaired. */
export interface StatusAnswer {
  readonly status: BatchStatus;
  /** Whether the batch was full and nobody had completed it; always false when no repair was asked for. */
  readonly repaired: boolean;
}

/**
 * Reads where a batch stands.
 *
 * @param options.repair complete a full batch whose last caller died before it looked
 * @throws UsageError when the schema or the batch does not exist, or the role lacks a privilege
 * @throws InfrastructureError when it is to be repaired where nothing can be written
 */
export function readStatus(
  database: Database,
  batchId: string,
  options: { readonly repair: boolean },
): Promise<StatusAnswer> {
  return inTransaction(database.pool, async (client) => {
    await requireSchema(client, database.schema);
    if (options.repair) await requireWritable(client, database.address);
    await requireAccess(client, database.schema, options.repair ? 'run' : 'read');
    await requireNoDrift(client, database.schema, 'columns');
    const repaired = options.repair && (await repairCompletion(client, batchId));
    const status = await batchStatus(client, batchId);
    if (status) return { status, repaired };
    throw new UsageError(
      'unknown_batch',
      `batch ${JSON.stringify(batchId)} is not registered in schema ${database.schema}`,
    );
  });
}
