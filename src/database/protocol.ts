import type { Connection, Submittable } from 'pg';
import { serialize } from 'pg-protocol';
import { bindValues, type BindValues, type Statement } from './statement.js';

/** A row as the server sent it: columns in PostgreSQL's text format. */
export type Row = readonly (string | null)[];

/** A statement and the values for its binds. */
export interface Step {
  readonly statement: Statement;
  readonly values: BindValues;
}

/** A result column: its name and the OID of its type. */
export interface Column {
  readonly name: string;
  readonly dataTypeID: number;
}

const EXECUTE = serialize.execute();
const SYNC = serialize.sync();

/** One buffer is one write and one packet; several, even corked, cost the client more. */
export function writeAtOnce(connection: Connection, messages: readonly Buffer[]): void {
  connection.stream.write(Buffer.concat(messages));
}

/** Runs a statement that was prepared under its name. */
function named({ statement, values }: Step): Buffer[] {
  return [serialize.bind({ statement: statement.name, values: bindValues(statement, values) }), EXECUTE];
}

/** Prepares a statement without a name, and runs it. */
function unnamed({ statement, values }: Step): Buffer[] {
  const { text, parameterTypes } = statement;
  const parse = serialize.parse({ text, types: [...parameterTypes] });
  return [parse, serialize.bind({ values: bindValues(statement, values) }), EXECUTE];
}

/** What node-postgres calls on a query of one's own; each subclass says what it sends and keeps. */
export abstract class ProtocolExchange<T> implements Submittable {
  readonly done: Promise<T>;
  /** Called at the end: node-postgres puts in its place what stops the clock of `query_timeout`. */
  callback: () => void = () => undefined;
  #resolve!: (value: T) => void;
  #reject!: (error: Error) => void;

  constructor() {
    this.done = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  abstract submit(connection: Connection): void;
  protected abstract result(): T;

  abstract handleRowDescription(message: { fields: Column[] }): void;
  abstract handleDataRow(message: { fields: Row }): void;
  abstract handleCommandComplete(): void;
  abstract handleEmptyQuery(): void;

  handleError(error: Error): void {
    this.callback();
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.callback();
    this.#resolve(this.result());
  }
}

/**
 * Prepares named statements and describes their result columns, in one round trip.
 * Source: PostgreSQL manual, 55.2.3 Extended Query.
 */
export class Preparation extends ProtocolExchange<Column[]> {
  #columns: Column[] = [];

  /** @param before run in the same transaction, so that no pooler comes in between */
  constructor(
    private readonly statements: readonly Statement[],
    private readonly before: readonly Step[] = [],
  ) {
    super();
  }

  submit(connection: Connection): void {
    const messages = this.statements.flatMap(({ name, text, parameterTypes }) => [
      serialize.parse({ name, text, types: [...parameterTypes] }),
      serialize.describe({ type: 'S', name }),
    ]);
    writeAtOnce(connection, [...this.before.flatMap(unnamed), ...messages, SYNC]);
  }

  handleRowDescription(message: { fields: Column[] }): void {
    this.#columns = message.fields;
  }

  // What is run before says nothing that is needed.
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  /** The columns of the last statement that returns rows. */
  protected result(): Column[] {
    return this.#columns;
  }
}

/**
 * Has named statements planned, with nulls for their values, in one round trip: the session then knows their tables. A Bind
 * without an Execute runs nothing.
 * Source: PostgreSQL manual, 55.2.3 Extended Query: a portal is planned when it is made, and run when it is executed.
 */
export class Planning extends ProtocolExchange<void> {
  constructor(private readonly statements: readonly Statement[]) {
    super();
  }

  submit(connection: Connection): void {
    const messages = this.statements.map(({ name, binds }) =>
      serialize.bind({ statement: name, values: binds.map(() => null) }),
    );
    writeAtOnce(connection, [...messages, SYNC]);
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  protected result(): void {}
}

/**
 * Executes statements before one Sync: one round trip and one implicit transaction. In READ COMMITTED
 * each statement takes a snapshot of its own, so a later one sees what an earlier one waited for.
 * Source: PostgreSQL manual, 55.2.3 Extended Query and 55.2.4 Pipelining.
 */
export class Pipeline extends ProtocolExchange<Row[]> {
  readonly #messages: Buffer[] = [];
  #completed = 0;
  #rows: Row[] = [];
  readonly #earlierRows: Row[][] = [];

  /**
   * @param options.prepared whether the statements were prepared under their names; else each is parsed anew, unnamed
   * @throws Error when a bind of a step has no value
   */
  constructor(
    readonly steps: readonly Step[],
    { prepared = true } = {},
  ) {
    super();
    for (const step of steps) this.#messages.push(...(prepared ? named(step) : unnamed(step)));
    this.#messages.push(SYNC);
  }

  submit(connection: Connection): void {
    writeAtOnce(connection, this.#messages);
  }

  /** Rows are kept as text; nobody asks for a description of their columns here. */
  handleRowDescription(): void {}

  handleDataRow(message: { fields: Row }): void {
    this.#rows.push(message.fields);
  }

  handleCommandComplete(): void {
    this.#completed += 1;
    if (this.#completed === this.steps.length) return;
    this.#earlierRows.push(this.#rows);
    this.#rows = [];
  }

  /** An empty statement completes without a command. */
  handleEmptyQuery(): void {
    this.handleCommandComplete();
  }

  /** The rows of every statement but the last, once they are completed. */
  get earlierRows(): readonly (readonly Row[])[] {
    return this.#earlierRows;
  }

  /** The rows of the last statement. */
  protected result(): Row[] {
    return this.#rows;
  }
}
