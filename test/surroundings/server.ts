import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** Debian's PostgreSQL, whose servers run as this user. */
const VERSIONS = '/usr/lib/postgresql';
const USER = 'postgres';

/** A server of a test's own. */
export interface OwnServer {
  readonly url: string;
  /** Its folder: data, and whatever a test puts there. */
  readonly folder: string;
  query<T extends pg.QueryResultRow>(sql: string): Promise<T[]>;
  /** A hot standby of it, that follows. */
  startStandby(): Promise<OwnServer>;
  /** Ends it, and removes its folder. */
  remove(): void;
}

/** Runs a program as the servers' user. */
export function asServerUser(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const set = Object.entries(env).map(([name, value]) => `${name}=${value ?? ''}`);
  execFileSync('runuser', ['-u', USER, '--', 'env', ...set, program, ...args], { stdio: 'ignore', cwd: '/' });
}

/**
 * Makes a server and starts it.
 *
 * @param env of its processes
 */
export async function startOwnServer(env: NodeJS.ProcessEnv = {}): Promise<OwnServer> {
  const folder = newFolder();
  asServerUser(binary('initdb'), ['-D', join(folder, 'data'), '-A', 'trust', '-U', USER]);
  return startIn(folder, env);
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'els-assign-surroundings-'));
  chmodSync(folder, 0o755);
  execFileSync('chown', [USER, folder]);
  return folder;
}

async function startIn(folder: string, env: NodeJS.ProcessEnv): Promise<OwnServer> {
  const port = await freePort();
  const data = join(folder, 'data');
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`;
  asServerUser(binary('pg_ctl'), ['-D', data, '-o', options, '-l', join(folder, 'log'), '-w', 'start'], env);
  const url = `postgres://${USER}@127.0.0.1:${port}/postgres`;
  return {
    ...{ url, folder },
    query: (sql) => queryAt(url, sql),
    async startStandby() {
      const other = newFolder();
      const source = ['-h', '127.0.0.1', '-p', String(port), '-U', USER];
      asServerUser(binary('pg_basebackup'), ['-D', join(other, 'data'), ...source, '-R', '-c', 'fast']);
      return startIn(other, {});
    },
    remove() {
      asServerUser(binary('pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop']);
      rmSync(folder, { recursive: true });
    },
  };
}

function binary(name: string): string {
  const newest = readdirSync(VERSIONS).sort().at(-1) ?? '';
  return join(VERSIONS, newest, 'bin', name);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Rows of a query in any database. */
export async function queryAt<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** How many rows the tool's tables of a database hold, all together. */
export async function countRows(url: string): Promise<number> {
  const tables = [
    'batch_essay_trackers',
    'slot_assignments',
    'essay_states',
    'event_outbox',
    'run_batches',
    'runs',
  ];
  const counts = tables.map((table) => `(select count(*) from els_assign.${table})`).join(' + ');
  const [row] = await queryAt<{ n: number }>(url, `select (${counts})::integer as n`);
  return row?.n ?? NaN;
}
