import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { run, type Finished } from '../support/command-line.js';
import { runHosted } from '../support/hosted-command.js';

/** A database of a test file's own: what it holds and who is connected is this file's doing alone. */
export interface OwnDatabase {
  readonly url: string;
  /** A schema name for `--schema`; nobody has created it. */
  readonly schema: string;
  query<T extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<T[]>;
  /** A connection whose search_path is the schema, ended by the caller. */
  connect(): Promise<pg.Client>;
  /** Runs a command on this database and schema, unless `args` name another; what `env` says wins. */
  run(args: readonly string[], env?: Record<string, string>): Promise<Finished>;
  /** The same by the executable, as a process of its own. */
  execute(args: readonly string[], env?: Record<string, string>): Promise<Finished>;
  /** `args` with the schema, as `run` gives them to the command line. */
  withSchema(args: readonly string[], schema?: string): string[];
}

const CREATE_TIMEOUT_MS = 60_000;

/** Creates a database before the tests of a file and drops it after them. */
export function useOwnDatabase(): OwnDatabase {
  const name = `cli_${randomBytes(6).toString('hex')}`;
  const schema = `Els "${randomBytes(4).toString('hex')}" é`;
  const url = withDatabase(inject('databaseUrl'), name);
  let client: pg.Client | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  beforeAll(async () => {
    await onServer(`create database ${name}`);
    client = await connectTo(url, schema);
  }, CREATE_TIMEOUT_MS);
  afterAll(async () => {
    await client?.end();
    await onServer(`drop database if exists ${name} with (force)`);
  }, CREATE_TIMEOUT_MS);

  const withSchema = ([command = '', ...rest]: readonly string[], named = schema): string[] =>
    rest.includes('--schema') ? [command, ...rest] : [command, '--schema', named, ...rest];
  return {
    url,
    schema,
    withSchema,
    connect: () => connectTo(url, schema),
    run: (args, env = {}) => runHosted(withSchema(args), { DATABASE_URL: url, ...env }),
    execute: (args, env = {}) => run(withSchema(args), { DATABASE_URL: url, ...env }),
    async query<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []) {
      const asked = queue.then(() => {
        if (!client) throw new Error('asked before the tests began');
        return client.query<T>(sql, values);
      });
      queue = asked.catch(() => undefined);
      return (await asked).rows;
    },
  };
}

/** The same server and user, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function connectTo(url: string, schema: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'test' });
  await client.connect();
  await client.query(`set search_path to ${pg.escapeIdentifier(schema)}`);
  return client;
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseUrl'), application_name: 'test' });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const FINGERPRINT = `
  select 'schema' as kind, nspname as name, coalesce(obj_description(oid, 'pg_namespace'), '') as holds
  from pg_namespace where nspname !~ '^pg_(temp|toast_temp)_'
  union all
  select 'relation ' || relkind::text, relnamespace::regnamespace::text || '.' || relname,
    case when relkind = 'r' then
      (xpath('/table/row/n/text()', query_to_xml(
        format('select count(*) as n from %s', oid::regclass), true, false, '')))[1]::text
    else coalesce(relkind::text, '') end
  from pg_class where relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
  union all
  select 'sequence', schemaname || '.' || sequencename, coalesce(last_value::text, 'unused') from pg_sequences
  order by 1, 2`;

/** All schemas, tables and their row counts, indexes and positions of sequences, so that no write goes unseen. */
export async function fingerprint(database: OwnDatabase): Promise<string[]> {
  const rows = await database.query<{ kind: string; name: string; holds: string }>(FINGERPRINT);
  return rows.map(({ kind, name, holds }) => `${kind} ${name} ${holds}`);
}
