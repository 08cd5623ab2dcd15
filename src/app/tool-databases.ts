import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { withConnectionString } from '../database/address.js';
import { coordinatorPool } from '../database/coordinator-pool.js';
import { withClient } from '../database/on-pool.js';
import { loadStatement } from '../database/statement.js';
import { InfrastructureError, UsageError } from '../domain/errors.js';
import type { Target } from '../target/target.js';
import type { Database } from './database.js';

const TARGET_DATABASES = loadStatement('database/target-databases');

/** The name of a database of the embedded server that is a target's; null: the one that a command was given. */
export type ToolDatabaseName = string | null;

/**
 * The name of the database that the embedded server holds for a target: by what it is called and where its file is, so that
 * two files of one name do not meet.
 */
export function databaseNameOf({ name, file = '' }: Target): string {
  const digest = createHash('sha256').update(resolve(file)).digest('hex').slice(0, 8);
  return `target_${name.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 40)}_${digest}`.toLowerCase();
}

/** Opens one of a server's databases, with a pool that the caller ends. */
export function openToolDatabase(main: Database, name: string): Database {
  const url = new URL(main.address.connectionString);
  url.pathname = `/${name}`;
  const address = withConnectionString(main.address.source, url.href);
  const remedy =
    'a run of its target mends what it can without losing a row; ' +
    `drop database ${name}, on the URL that els-assign server prints, loses what is in it`;
  return { ...main, address, remedy, pool: coordinatorPool(address, main.schema, 'els-assign') };
}

/** Does work in a database of the tool, with connections for as long as it lasts. */
export async function inToolDatabase<T>(
  main: Database,
  name: ToolDatabaseName,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  if (name === null) return work(main);
  const database = openToolDatabase(main, name);
  try {
    return await work(database);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = `database ${JSON.stringify(name)}: ${error.message}`;
    throw new UsageError(error.code, message, { cause: error, below: error.below });
  } finally {
    await database.pool.end();
  }
}

/** Why a database of a target could not be looked into. */
export interface Unread {
  readonly database: string;
  readonly error: UsageError | InfrastructureError;
}

/** What became of work in the databases of the tool. */
export interface InEach<T> {
  readonly done: readonly T[];
  /** Those of targets in which it could not be done: they keep no other from it. */
  readonly unread: readonly Unread[];
}

/**
 * Does work in every database in which the tool may have runs, one after the other: in the one that a command was given,
 * and where that is the embedded server's, in those of targets. Where the tool has no schema there are none.
 *
 * @returns what the work returned, and where it failed
 * @throws UsageError `no_schema` where none of them has the schema; what fails in the one that the command was given
 */
export async function inEachToolDatabase<T>(
  main: Database,
  work: (database: Database, name: ToolDatabaseName) => Promise<T>,
): Promise<InEach<T>> {
  const done: T[] = [];
  const unread: Unread[] = [];
  let without: UsageError | undefined;
  for (const name of [null, ...(main.embedded ? await targetDatabases(main) : [])]) {
    try {
      done.push(await inToolDatabase(main, name, (database) => work(database, name)));
    } catch (error) {
      if (error instanceof UsageError && error.code === 'no_schema') without ??= error;
      else if (name === null || !isOfDatabase(error)) throw error;
      else unread.push({ database: name, error });
    }
  }
  if (done.length === 0 && unread.length === 0 && without !== undefined) throw without;
  return { done, unread };
}

function isOfDatabase(error: unknown): error is Unread['error'] {
  return error instanceof UsageError || error instanceof InfrastructureError;
}

async function targetDatabases({ pool }: Database): Promise<string[]> {
  const { rows } = await withClient(pool, (client) => client.query<{ name: string }>(TARGET_DATABASES.text));
  return rows.map(({ name }) => name);
}
