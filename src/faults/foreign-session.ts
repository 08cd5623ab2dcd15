import pg from 'pg';
import { databaseFailure } from '../database/failure.js';
import { openSession } from '../database/session.js';
import { bindValues, loadStatement, type Statement } from '../database/statement.js';
import { clientConfig, connectTimeoutMs, type ServerAddress } from '../database/address.js';

const BACKEND_PID = loadStatement('database/backend-pid');
const BEGIN = loadStatement('database/begin');
const ROLLBACK = loadStatement('database/rollback');
const BEGIN_SNAPSHOT = loadStatement('faults/begin-snapshot');

/** A foreign session waits for nobody's lock longer than this. */
const LOCK_TIMEOUT_MS = 5_000;

/** Where foreign sessions connect. */
export interface ForeignPlace {
  readonly address: ServerAddress;
  readonly schema: string;
}

type Value = string | number | readonly string[];

/** A session of the tool's own beside the run's workers: it holds locks and snapshots, watches, terminates. */
export class ForeignSession {
  readonly #client: pg.Client;

  private constructor(
    client: pg.Client,
    /** Of its backend. */
    readonly pid: number,
  ) {
    this.#client = client;
  }

  /** @throws what node-postgres raises when the server cannot be reached */
  static async open({ address, schema }: ForeignPlace): Promise<ForeignSession> {
    const client = new pg.Client({
      ...clientConfig(address),
      application_name: 'els-assign faults',
      connectionTimeoutMillis: connectTimeoutMs(address),
    });
    await client.connect();
    await openSession(client, { schema, lockTimeoutMs: LOCK_TIMEOUT_MS }, []);
    const { rows } = await client.query<{ pid: number }>(BACKEND_PID.text);
    return new ForeignSession(client, rows[0]?.pid ?? 0);
  }

  /** Opens one in a transaction that holds its locks until `close`. */
  static async begin(where: ForeignPlace): Promise<ForeignSession> {
    const session = await ForeignSession.open(where);
    await session.query(BEGIN, {});
    return session;
  }

  /** Opens one in a transaction that holds the snapshot of its first statement until `close`. */
  static async beginSnapshot(where: ForeignPlace): Promise<ForeignSession> {
    const session = await ForeignSession.open(where);
    await session.query(BEGIN_SNAPSHOT, {});
    return session;
  }

  /** Ends the transaction and opens the next. */
  async beginAgain(): Promise<void> {
    await this.query(ROLLBACK, {});
    await this.query(BEGIN, {});
  }

  async query<T extends pg.QueryResultRow>(
    statement: Statement,
    values: Readonly<Record<string, Value>>,
  ): Promise<T[]> {
    const { rows } = await this.#client.query<T>(statement.text, bindValues(statement, values));
    return rows;
  }

  /** Rolls back what is open and leaves; a session that the fault itself cut off has left already. */
  async close(): Promise<void> {
    try {
      await this.query(ROLLBACK, {});
      await this.#client.end();
    } catch (error) {
      if (databaseFailure(error)?.kind !== 'connection') throw error;
    }
  }
}

/** Opens a session for as long as the work lasts. */
export async function withSession<T>(
  where: ForeignPlace,
  work: (session: ForeignSession) => Promise<T>,
): Promise<T> {
  const session = await ForeignSession.open(where);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
