import type { PoolClient } from 'pg';
import { withConnectionString } from '../../database/address.js';
import { databaseFailure, serverError } from '../../database/failure.js';
import { createPool, type DatabasePool } from '../../database/pool.js';
import { ignoreConnectionEvents } from '../../database/session.js';
import { bindValues, type Statement } from '../../database/statement.js';
import type { AssignCall, Answer, OpenedInstance } from '../../target/definition.js';
import type { InstanceSettings } from '../../target/instance.js';
import type { SqlDefinition } from './file.js';

/**
 * Calls of a target that is one statement. It is an instance as a module opens one: deadlines, `busy` and the shape of
 * answers are looked after where those of modules are.
 */
export class SqlInstance implements OpenedInstance {
  readonly #pool: DatabasePool;
  readonly #claim: Statement;
  readonly #prepare: boolean;

  constructor({ claim }: SqlDefinition, settings: InstanceSettings) {
    const address = withConnectionString(settings.source, settings.connectionString);
    const { connections, applicationName } = settings;
    this.#pool = createPool(address, { connections, applicationName });
    this.#claim = claim;
    this.#prepare = settings.prepare;
  }

  async assign(call: AssignCall): Promise<Answer> {
    const client = await this.#pool.connect();
    // Whoever asks on it learns that it is lost.
    ignoreConnectionEvents(client);
    if (call.signal.aborted) {
      // Its deadline has passed while it waited for the connection: nothing is begun any more.
      client.release();
      call.signal.throwIfAborted();
    }
    const cutOff = () => release(client, true);
    call.signal.addEventListener('abort', cutOff, { once: true });
    try {
      return await this.#ask(client, call);
    } finally {
      call.signal.removeEventListener('abort', cutOff);
      release(client, call.signal.aborted);
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  /** What the server refuses has not happened; a connection that is lost, or ended by it, tells nothing: it is thrown. */
  async #ask(client: PoolClient, { batchId, contentId, callId }: AssignCall): Promise<Answer> {
    const { name, text } = this.#claim;
    const values = bindValues(this.#claim, { batch_id: batchId, content_id: contentId, call_id: callId });
    try {
      const { rows } = await client.query<ClaimRow>({ text, values, ...(this.#prepare && { name }) });
      return answerOf(rows);
    } catch (error) {
      const sent = serverError(error);
      if (sent === undefined || databaseFailure(error)?.kind === 'connection') throw error;
      return { outcome: 'error', code: sent.code, message: sent.message };
    }
  }
}

interface ClaimRow {
  readonly slot_id?: string | null;
  readonly outcome?: string;
}

/** As the statement says it; whether it fits is looked at with every other answer. */
function answerOf(rows: readonly ClaimRow[]): Answer {
  const [row] = rows;
  const outcome = rows.length === 1 ? row?.outcome : `${rows.length} rows, where one is due`;
  return { outcome, slotId: row?.slot_id ?? undefined } as Answer;
}

const released = new WeakSet<PoolClient>();

/** Once for each time that it was lent; a connection whose call has passed its deadline is closed. */
function release(client: PoolClient, broken: boolean): void {
  if (released.has(client)) return;
  if (broken) released.add(client);
  client.release(broken);
}
