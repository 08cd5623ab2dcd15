import { readFileSync } from 'node:fs';
import pg from 'pg';
import { packageFile } from '../base/package-files.js';
import { splitSql } from './sql-text.js';

/** Values by bind name, in PostgreSQL's text format. */
export type BindValues = Readonly<Record<string, string | null>>;

/** One SQL statement, ready to be prepared under its name. */
export interface Statement {
  /** Name of the prepared statement on the server; at most 63 bytes. */
  readonly name: string;
  /** SQL with `$1`, `$2`, … in place of the named binds. */
  readonly text: string;
  /** Bind names in the order of their parameters. */
  readonly binds: readonly string[];
  /** Type OIDs of the parameters; 0 lets PostgreSQL infer it. */
  readonly parameterTypes: readonly number[];
}

/** Types of PostgreSQL's catalogue. */
export const OID = { infer: 0, int8: 20, text: 25, jsonb: 3802 } as const;

/**
 * Reads a file of sql/.
 *
 * @param path relative to sql/, without extension, e.g. `strategies/cte`
 */
export function readSql(path: string): string {
  return readFileSync(packageFile(`sql/${path}.sql`), 'utf8');
}

/**
 * One of the tool's own statements. Its file is read when something besides the name is first asked for: a command reads
 * what it executes.
 *
 * @param path relative to sql/, without extension; it is also the prepared statement's name
 * @param identifiers what `:"name"` stands for; quoted by the driver
 */
export function loadStatement(path: string, identifiers: Readonly<Record<string, string>> = {}): Statement {
  return new StatementOfFile(path, () => toStatement(path, readSql(path), identifiers));
}

/** A statement whose file has not been read yet, or has. */
export class StatementOfFile implements Statement {
  #statement: Statement | undefined;

  /** @param read makes the statement of that name; called once */
  constructor(
    readonly name: string,
    private readonly read: () => Statement,
  ) {}

  get text(): string {
    return this.#loaded.text;
  }

  get binds(): readonly string[] {
    return this.#loaded.binds;
  }

  get parameterTypes(): readonly number[] {
    return this.#loaded.parameterTypes;
  }

  get #loaded(): Statement {
    return (this.#statement ??= this.read());
  }
}

/**
 * Turns SQL with named binds into a statement with numbered parameters.
 *
 * @param name of the prepared statement
 * @param sql one statement; `:name` is a value, `:"name"` an identifier
 * @param identifiers what the identifiers stand for
 * @param types of binds, by their names; PostgreSQL infers those of others
 * @throws Error when an identifier is not given
 */
export function toStatement(
  name: string,
  sql: string,
  identifiers: Readonly<Record<string, string>> = {},
  types: Readonly<Record<string, number>> = {},
): Statement {
  const binds: string[] = [];
  const text = splitSql(sql)
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      if (piece.kind === 'identifier') return quoteIdentifier(identifiers, piece.name);
      if (!binds.includes(piece.name)) binds.push(piece.name);
      return `$${binds.indexOf(piece.name) + 1}`;
    })
    .join('');
  return { name, text, binds, parameterTypes: binds.map((bind) => types[bind] ?? OID.infer) };
}

function quoteIdentifier(identifiers: Readonly<Record<string, string>>, name: string): string {
  const identifier = identifiers[name];
  if (identifier === undefined) throw new Error(`SQL names the identifier :"${name}", which was not given`);
  return pg.escapeIdentifier(identifier);
}

/**
 * Puts values in the order of a statement's parameters.
 *
 * @throws Error when a bind has no value: the statement and its caller disagree
 */
export function bindValues<T>(statement: Statement, values: Readonly<Record<string, T>>): T[] {
  return statement.binds.map((bind) => {
    const value = values[bind];
    if (value === undefined) throw new Error(`statement ${statement.name}: no value for :${bind}`);
    return value;
  });
}
