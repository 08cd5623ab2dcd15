import type { ClientBase } from 'pg';
import { databaseFailure } from '../../../database/failure.js';
import { transaction } from '../../../database/session.js';
import { bindValues, loadStatement } from '../../../database/statement.js';
import { InfrastructureError } from '../../../domain/errors.js';

const LOCK = loadStatement('migrate/lock');
const UNLOCK = loadStatement('migrate/unlock');
const HOLDER = loadStatement('migrate/holder');

/**
 * Runs work while no other process migrates the batch. The lock is the session's: it ends when the process dies, and
 * not before what its backend is at has ended.
 *
 * @throws InfrastructureError `migration_under_way` when another migration keeps the batch longer than the session's
 *   lock_timeout
 */
export async function withBatchLocked<T>(
  client: ClientBase,
  batchId: string,
  work: () => Promise<T>,
): Promise<T> {
  await lock(client, batchId);
  try {
    return await work();
  } finally {
    // A connection that is lost has no lock any more; why it was lost is what counts.
    await transaction(client, () =>
      client.query(UNLOCK.text, bindValues(UNLOCK, { batch_id: batchId })),
    ).catch(() => undefined);
  }
}

async function lock(client: ClientBase, batchId: string): Promise<void> {
  try {
    await transaction(client, () => client.query(LOCK.text, bindValues(LOCK, { batch_id: batchId })));
  } catch (error) {
    if (databaseFailure(error)?.kind !== 'lock_timeout') throw error;
    throw await underWay(client, batchId, error);
  }
}

async function underWay(client: ClientBase, batchId: string, cause: unknown): Promise<InfrastructureError> {
  const { rows } = await transaction(client, () =>
    client.query<{ pid: number }>(HOLDER.text, bindValues(HOLDER, { batch_id: batchId })),
  );
  const who = rows[0] === undefined ? '' : `, by backend ${rows[0].pid}`;
  const message = `another migration of batch ${JSON.stringify(batchId)} is under way${who}`;
  return new InfrastructureError('migration_under_way', message, { cause });
}
