import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, it } from 'vitest';
import { findAddress, clientConfig } from '#els/database/address.js';
import { sharedHome } from '../database/embedded/support.js';
import { IS_LONG } from '../support/long.js';

const home = sharedHome();
const BIN = fileURLToPath(new URL('../../bin/els-assign.js', import.meta.url));

/** Starts `els-assign server` on a home of its own, and returns the URL that it prints. */
async function startServer() {
  const env = { ...process.env, ELS_ASSIGN_HOME: home() };
  const child = spawn(process.execPath, [BIN, 'server'], { env, stdio: 'pipe' });
  const said: string[] = [];
  child.stderr.on('data', (data: Buffer) => said.push(data.toString()));
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines = createInterface({ input: child.stdout });
  const [url] = (await once(lines, 'line')) as [string];
  return { child, url, ended, said };
}

/** Asks the server of a URL as `--database-url` would. */
async function ask(url: string): Promise<unknown> {
  const address = findAddress(url, {});
  const client = new pg.Client(clientConfig(address!));
  await client.connect();
  const { rows } = await client.query<{ answer: number }>('select 1 as answer');
  await client.end();
  return rows[0]?.answer;
}

it.each(['SIGINT', 'end of stdin'])(
  'keeps the embedded server up until %s',
  { timeout: 120_000 },
  async (how) => {
    const { child, url, ended } = await startServer();
    const { password, searchParams } = new URL(url);
    expect(password).toBe('');
    expect(statSync(searchParams.get('passfile') ?? '').mode & 0o777).toBe(0o600);
    expect(await ask(url)).toBe(1);
    if (how === 'SIGINT') child.kill('SIGINT');
    else child.stdin.end();
    expect(await ended).toEqual([0, null]);
    await expect(ask(url)).rejects.toThrow(/ECONNREFUSED/);
  },
);

it(
  'says that the server is gone where somebody ends its processes',
  { ...IS_LONG, timeout: 120_000 },
  async () => {
    const { url, ended, said } = await startServer();
    const address = findAddress(url, {});
    const client = new pg.Client(clientConfig(address!));
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(
      "select current_setting('data_directory') as folder",
    );
    const [postmaster = ''] = readFileSync(join(rows[0]?.folder ?? '', 'postmaster.pid'), 'utf8').split('\n');
    const stat = readFileSync(`/proc/${postmaster}/stat`, 'utf8');
    const supervisor = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    process.kill(supervisor, 'SIGKILL');
    process.kill(Number(postmaster), 'SIGKILL');
    expect(await ended).toEqual([3, null]);
    expect(said.join('').trim().split('\n').at(-1)).toContain('embedded server');
  },
);
