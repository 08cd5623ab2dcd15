import type { ClientBase } from 'pg';
import pg from 'pg';
import { databaseFailure, serverError, type ServerError } from './failure.js';
import { Pipeline, Planning, Preparation, type Column, type Row, type Step } from './protocol.js';
import { bindValues, loadStatement, type BindValues, type Statement } from './statement.js';

/** Counts round trips where they happen. */
export interface RoundTripCounter {
  roundTrips: number;
}

/** How every session of one engine or tool is set up. */
export interface SessionSettings {
  readonly schema: string;
  /** Longest wait for a row or advisory lock that a rival holds, where the server's is not shorter; 0: no limit. */
  readonly lockTimeoutMs: number;
  /**
   * Whether the session keeps nothing: each transaction carries its settings, and no statement has a name. Then a
   * pooler may give each transaction another session. Default: false.
   */
  readonly keepsNothing?: boolean;
}

const SESSION = loadStatement('database/session');
const TRANSACTION = loadStatement('database/transaction');
const BEGIN = loadStatement('database/begin');
const COMMIT = loadStatement('database/commit');
const ROLLBACK = loadStatement('database/rollback');

/** What each transaction carries on the connections whose sessions keep nothing. */
const carried = new WeakMap<ClientBase, Step>();

/** Connections that keep what must end with the call that they were lent for. */
const discarded = new WeakSet<ClientBase>();

/** Whether a connection must be closed instead of lent again. */
export function isDiscarded(client: ClientBase): boolean {
  return discarded.has(client);
}

/** The last error that the server sent to connections that it ended between two queries. */
const lastError = new WeakMap<ClientBase, ServerError>();
const listenedTo = new WeakSet<ClientBase>();

/**
 * A connection that breaks fails the query under way, or the next one; that the process goes on is all that it needs.
 * To ask it again of the same connection changes nothing.
 */
export function ignoreConnectionEvents(client: ClientBase): void {
  if (listenedTo.has(client)) return;
  listenedTo.add(client);
  client.on('error', (error) => {
    const sent = serverError(error);
    if (sent !== undefined) lastError.set(client, sent);
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
  return (isBare && lastError.get(client)) || error;
}

/**
 * Sets a new connection up: schema, READ COMMITTED, lock timeout, prepared statements; all of it or nothing. Where
 * the session keeps nothing, nothing is sent.
 *
 * @throws pg.DatabaseError when a statement cannot be prepared
 */
export async function openSession(
  client: ClientBase,
  settings: SessionSettings,
  statements: readonly Statement[],
): Promise<void> {
  ignoreConnectionEvents(client);
  const values = {
    search_path: pg.escapeIdentifier(settings.schema),
    lock_timeout_ms: String(settings.lockTimeoutMs),
  };
  if (settings.keepsNothing) {
    carried.set(client, { statement: TRANSACTION, values });
    return;
  }
  await client.query(new Preparation(statements, [{ statement: SESSION, values }])).done;
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

/** Has the server plan statements that were prepared on a connection, in one round trip; none is executed. */
export function plan(client: ClientBase, statements: readonly Statement[]): Promise<void> {
  return client.query(new Planning(statements)).done;
}

/**
 * Runs work in one transaction of a connection that `openSession` set up: all of it or nothing.
 *
 * @param begin by which; default: READ COMMITTED
 */
export async function transaction<T>(client: ClientBase, work: () => Promise<T>, begin = BEGIN): Promise<T> {
  try {
    await beginTransaction(client, begin);
    const result = await work();
    await client.query(COMMIT.text);
    return result;
  } catch (error) {
    // A connection that is lost has undone everything; why it was lost is what counts.
    await client.query(ROLLBACK.text).catch(() => undefined);
    throw error;
  }
}

/** With its settings, which may fail when it has begun. */
async function beginTransaction(client: ClientBase, begin: Statement): Promise<void> {
  await client.query(begin.text);
  const settings = carried.get(client);
  if (settings === undefined) return;
  const { statement, values } = settings;
  await client.query(statement.text, bindValues(statement, values));
}

/** Runs an engine's statements on one connection and counts the round trips. */
export class Session {
  readonly #client: ClientBase;
  readonly #counter: RoundTripCounter;
  /** Undefined where the session keeps its settings and the statements are prepared. */
  readonly #settings: Step | undefined;
  #isInTransaction = false;

  /** @param client that `openSession` set up */
  constructor(client: ClientBase, counter: RoundTripCounter) {
    this.#client = client;
    this.#counter = counter;
    this.#settings = carried.get(client);
  }

  /** Runs one statement: one round trip. */
  run(statement: Statement, values: BindValues): Promise<Row[]> {
    return this.pipeline([{ statement, values }]);
  }

  /**
   * Runs statements in one round trip, and outside `begin` and `end` in a transaction of their own; returns the last
   * one's rows.
   */
  pipeline(steps: readonly Step[]): Promise<Row[]> {
    const needsSettings = this.#settings !== undefined && !this.#isInTransaction;
    return needsSettings
      ? this.#inOneTransaction(this.#settings, steps)
      : this.#send(this.#pipelineOf(steps));
  }

  /** Opens a transaction: one round trip. One that fails is rolled back. */
  async begin(statement: Statement): Promise<void> {
    const begin = toStep(statement);
    const steps = this.#settings ? [begin, this.#settings] : [begin];
    await this.#sendOrRollBack(this.#pipelineOf(steps));
    this.#isInTransaction = true;
  }

  /** Ends the transaction that `begin` opened: one round trip. */
  async end(statement: Statement): Promise<void> {
    await this.#send(this.#pipelineOf([toStep(statement)]));
    this.#isInTransaction = false;
  }

  /** Has the connection closed once its call has ended. */
  discard(): void {
    discarded.add(this.#client);
  }

  async #inOneTransaction(settings: Step, steps: readonly Step[]): Promise<Row[]> {
    const pipeline = this.#pipelineOf([toStep(BEGIN), settings, ...steps, toStep(COMMIT)]);
    await this.#sendOrRollBack(pipeline);
    return [...(pipeline.earlierRows.at(-1) ?? [])];
  }

  /** A transaction that fails stays open, and its session with it, until it is rolled back. */
  async #sendOrRollBack(pipeline: Pipeline): Promise<void> {
    try {
      await this.#send(pipeline);
    } catch (error) {
      // Why it failed is what counts, whatever becomes of the rollback.
      if (databaseFailure(error)?.kind !== 'connection')
        await this.#send(new Pipeline([toStep(ROLLBACK)], { prepared: false })).catch(() => undefined);
      throw error;
    }
  }

  #pipelineOf(steps: readonly Step[]): Pipeline {
    return new Pipeline(steps, { prepared: this.#settings === undefined });
  }

  #send(pipeline: Pipeline): Promise<Row[]> {
    this.#counter.roundTrips += 1;
    return this.#client.query(pipeline).done;
  }
}

function toStep(statement: Statement): Step {
  return { statement, values: {} };
}
