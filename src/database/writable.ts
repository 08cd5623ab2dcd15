import type { ClientBase } from 'pg';
import { InfrastructureError } from '../domain/errors.js';
import { loadStatement } from './statement.js';
import type { ServerAddress } from './address.js';

const WRITABLE = loadStatement('database/writable');

/**
 * Makes sure that a database can be written to before anything is.
 *
 * @throws InfrastructureError `database_read_only`
 */
export async function requireWritable(client: ClientBase, { source }: ServerAddress): Promise<void> {
  const { rows } = await client.query<{ standby: boolean; readOnly: boolean }>(WRITABLE.text);
  if (rows[0]?.readOnly !== true) return;
  const problem = rows[0].standby
    ? 'the server is a standby; accepted: its primary'
    : 'transactions are read-only (default_transaction_read_only is on); accepted: where they may write';
  throw new InfrastructureError('database_read_only', `cannot write to PostgreSQL (${source}): ${problem}`);
}
