import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { transaction } from '../../../database/session.js';
import { loadStatement } from '../../../database/statement.js';
import { InfrastructureError } from '../../../domain/errors.js';

const WRITERS = loadStatement('migrate/writers');

const FIRST_POLL_MS = 1;
const LONGEST_POLL_MS = 20;

/** A transaction that may claim on an old snapshot. */
interface Writer {
  /** Of its virtual transaction, which no other one gets. */
  readonly id: string;
  /** Null: a prepared transaction. */
  readonly pid: number | null;
  readonly applicationName: string | null;
  /** Null: a backend's transaction. */
  readonly preparedAs: string | null;
}

/**
 * Waits until every transaction has ended that may claim a slot on a snapshot older than this call.
 *
 * @param deadlineMs on performance.now()'s clock
 * @param signal ends the wait early; its reason is thrown
 * @throws InfrastructureError `older_transaction` that names one which is under way at the deadline
 */
export async function drainOlderWriters(
  client: ClientBase,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<void> {
  let older = await writers(client);
  for (let pollMs = FIRST_POLL_MS; older.length > 0; pollMs = Math.min(2 * pollMs, LONGEST_POLL_MS)) {
    signal?.throwIfAborted();
    if (performance.now() > deadlineMs) throw olderTransaction(older);
    await sleep(pollMs);
    const left = new Set((await writers(client)).map(({ id }) => id));
    older = older.filter(({ id }) => left.has(id));
  }
}

async function writers(client: ClientBase): Promise<Writer[]> {
  return transaction(client, async () => (await client.query<Writer>(WRITERS.text)).rows);
}

function olderTransaction([writer, ...others]: readonly Writer[]): InfrastructureError {
  const { pid, applicationName, preparedAs } = writer ?? {};
  const backend = `backend ${pid ?? '?'} (${applicationName ?? ''})`;
  const who = preparedAs == null ? backend : `prepared transaction ${JSON.stringify(preparedAs)}`;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return new InfrastructureError(
    'older_transaction',
    `${who}${more} has a transaction under way that may still write through the old inventory; end it, or allow a longer --pause-limit`,
  );
}
