import type { ClientBase } from 'pg';
import { databaseFailure } from './failure.js';
import { Pipeline, Preparation, type Column, type Row, type Step } from './protocol.js';
import { bindValues, loadStatement, type BindValues, type Statement } from './statement.js';
import pg from 'pg';

/** Counts round trips where they happen. */
export interface RoundTripCounter {
  roundTrips: number;
}

/** How every session of one engine or tool is set up. */
export interface SessionSettings {
  readonly schema: string;
  /** Longest wait for a row or advisory lock that a rival holds, where the server's is not shorter; 0: no limit. */
  readonly lockTimeoutMs: number;
}

const SESSION = loadStatement('database/session');

/** The server's last words to connections that it ended between two queries. */
const lastWords = new WeakMap<ClientBase, pg.DatabaseError>();

/** A connection that breaks fails the query under way, or the next one; that the process goes on is all that it needs. */
export function ignoreConnectionEvents(client: ClientBase): void {
  client.on('error', (error) => {
    if (error instanceof pg.DatabaseError) lastWords.set(client, error);
  });
}

/**
 * Why a connection failed: a query after the connection's end knows only that it has ended.
 *
 * @param error what the query raised
 * @returns the server's reason where it gave one, else the error
 */
export function reasonOfLoss(client: ClientBase, error: unknown): unknown {
  const failure = databaseFailure(error);
  const isBare = failure?.kind === 'connection' && failure.sqlState === undefined;
  return (isBare && lastWords.get(client)) || error;
}

/**
 * Sets a new connection up: schema, READ COMMITTED, lock timeout; then prepares the statements.
 *
 * @throws pg.DatabaseError when a statement cannot be prepared
 */
export async function openSession(
  client: ClientBase,
  settings: SessionSettings,
  statements: readonly Statement[],
): Promise<void> {
  ignoreConnectionEvents(client);
  await client.query(SESSION.text, sessionValues(settings));
  if (statements.length > 0) await prepare(client, statements);
}

function sessionValues(settings: SessionSettings): string[] {
  return bindValues(SESSION, {
    search_path: pg.escapeIdentifier(settings.schema),
    lock_timeout_ms: String(settings.lockTimeoutMs),
  });
}

/**
 * Prepares statements on a connection under their names, in one round trip.
 *
 * @returns the result columns of the last statement that returns rows
 * @throws pg.DatabaseError as PostgreSQL's parser says it
 */
export function prepare(client: ClientBase, statements: readonly Statement[]): Promise<Column[]> {
  return client.query(new Preparation(statements)).done;
}

/** Runs prepared statements on one connection and counts the round trips. */
export class Session {
  constructor(
    private readonly client: ClientBase,
    private readonly counter: RoundTripCounter,
  ) {}

  /** Runs one prepared statement: one round trip. */
  run(statement: Statement, values: BindValues): Promise<Row[]> {
    return this.pipeline([{ statement, values }]);
  }

  /** Runs prepared statements in one implicit transaction and one round trip; returns the last one's rows. */
  pipeline(steps: readonly Step[]): Promise<Row[]> {
    this.counter.roundTrips += 1;
    return this.client.query(new Pipeline(steps)).done;
  }
}
