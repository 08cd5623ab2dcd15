import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { closedPort } from '../cli/ports.js';

/** Which PgBouncer: Debian's, or the one that PGBOUNCER names. */
const PROGRAM = process.env['PGBOUNCER'] ?? '/usr/sbin/pgbouncer';
/** PgBouncer does not run as root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** From 1.21 on PgBouncer may prepare a client's statements on whatever backend it gets. */
export function withoutItsOwnStatements(): Readonly<Record<string, number>> {
  const [, minor = 0] = execFileSync(PROGRAM, ['--version'], { encoding: 'utf8' }).match(/ 1\.(\d+)/) ?? [];
  return Number(minor) < 21 ? {} : { max_prepared_statements: 0 };
}

export type PoolMode = 'session' | 'transaction' | 'statement';

/** Settings of `[pgbouncer]` and of the database besides those that every one gets. */
export interface PoolerSettings {
  readonly pool?: Readonly<Record<string, string | number>>;
  readonly database?: Readonly<Record<string, string | number>>;
}

/**
 * Starts PgBouncer before a server.
 *
 * @param url of the server
 * @returns the URL of the same database by way of the pooler
 * @throws Error when it is not installed, or does not come up
 */
type StartPooler = (url: string, mode: PoolMode, settings?: PoolerSettings) => Promise<string>;

/** Poolers that are ended after the file's tests; asked for where tests are defined, for a hook adds no hooks. */
export function usePoolers(): StartPooler {
  const endings: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const end of endings) await end();
  });
  return (url, mode, settings = {}) => startPooler(url, mode, settings, (end) => endings.push(end));
}

async function startPooler(
  url: string,
  mode: PoolMode,
  { pool = {}, database = {} }: PoolerSettings,
  atEnd: (end: () => Promise<void>) => void,
): Promise<string> {
  const server = new URL(url);
  const port = await closedPort();
  const folder = await mkdtemp(join(tmpdir(), 'els-assign-pooler-'));
  const file = join(folder, 'pgbouncer.ini');
  const address = {
    ...{ host: server.hostname, port: server.port, user: decodeURIComponent(server.username) },
    ...(server.password && { password: decodeURIComponent(server.password) }),
    ...database,
  };
  const settings = {
    ...{ listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any' },
    ...{ pool_mode: mode, default_pool_size: 30, ...pool },
  };
  const words = Object.entries(address).map(([name, value]) => `${name}='${value}'`);
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  await writeFile(file, ['[databases]', `* = ${words.join(' ')}`, '[pgbouncer]', ...lines, ''].join('\n'));
  await chmod(folder, 0o755);
  if (NOBODY.uid) await chown(file, NOBODY.uid, NOBODY.gid);
  const child = spawn(PROGRAM, [file], { ...NOBODY, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  atEnd(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  });
  await untilUp(child);
  server.host = `127.0.0.1:${port}`;
  server.password = '';
  return server.href;
}

/** It logs to stderr, and must be read on. */
function untilUp(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('process up')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${PROGRAM} exited with code ${code}: ${said}`)));
  });
}
