import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { EmbeddedConnection } from '#els/database/embedded/lease.js';

export const isRoot = process.getuid?.() === 0;
export const NOBODY = { uid: 65534, gid: 65534 };
export const HOLD = fileURLToPath(new URL('./hold.js', import.meta.url));

/** Whether user nobody can run node on this checkout; under a 0700 /root it cannot. */
export function nobodyReachesCheckout(): boolean {
  const script = 'test -r "$0" && "$1" --version';
  return isRoot && spawnSync('/bin/sh', ['-c', script, HOLD, process.execPath], { ...NOBODY }).status === 0;
}

/** A folder that the server's user can enter; when the test ends it goes, with what runs there. */
export async function temporaryFolder(): Promise<string> {
  const folder = await makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/** A home for all tests of a file; making a new one is most of the time of a test. */
export function sharedHome(): () => string {
  let folder = '';
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => removeFolder(folder));
  return () => folder;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'els embedded test '));
  await chmod(folder, 0o755);
  return folder;
}

async function removeFolder(folder: string): Promise<void> {
  for (const { pid } of await processesNaming(folder)) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

export interface Running {
  readonly pid: number;
  readonly command: string;
}

/** All processes with `text` in their command line, zombies excepted. */
export async function processesNaming(text: string): Promise<Running[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Boolean);
  const all = await Promise.all(
    pids.map(async (pid) => {
      const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return { pid, command: argv.replaceAll('\0', ' ') };
    }),
  );
  return all.filter(({ pid, command }) => pid !== process.pid && command.includes(text));
}

export async function supervisorsOf(home: string): Promise<Running[]> {
  return (await processesNaming(home)).filter(({ command }) => command.includes('supervisor.js'));
}

/** Servers on the data of `home`; a child of one, which for a moment has its command line, does not count. */
export async function postmastersOf(home: string): Promise<Running[]> {
  const all = (await processesNaming(home)).filter(({ command }) => command.includes('bin/postgres -D'));
  const parents = await Promise.all(all.map(({ pid }) => parentOf(pid)));
  return all.filter((_, index) => !all.some(({ pid }) => pid === parents[index]));
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]);
}

/** Waits patiently until no process names `text` any more. */
export async function untilNoProcess(text: string): Promise<void> {
  const end = Date.now() + 40_000;
  while ((await processesNaming(text)).length > 0 && Date.now() < end) await sleep(20);
  const left = await processesNaming(text);
  if (left.length > 0) throw new Error(`still running: ${JSON.stringify(left)}`);
}

export interface Heard {
  readonly connection: EmbeddedConnection;
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

export interface Holder {
  readonly child: ChildProcess;
  readonly heard: Heard;
  /** Lets the command release and come to its end. */
  readonly finish: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

interface HolderOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly user?: { uid: number; gid: number };
  readonly script?: string;
  readonly argument?: string;
  readonly detached?: boolean;
}

/** Starts a command of its own process and waits for its one line. */
export async function hold(home: string, options: HolderOptions = {}): Promise<Holder> {
  const child = spawn(process.execPath, [options.script ?? HOLD, options.argument ?? ''], {
    env: options.environment ?? { ELS_ASSIGN_HOME: home, TMPDIR: home },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: options.detached ?? false,
    ...options.user,
  });
  // 'close' also waits for the pipes, which nothing that outlives the command may keep open.
  const closed = once(child, 'close').then(() => undefined);
  const line = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  child.stdout.resume();
  return {
    child,
    heard: JSON.parse(String(line.value)) as Heard,
    finish: () => {
      child.stdin.end('release\n');
      return closed;
    },
    kill: () => {
      child.kill('SIGKILL');
      return closed;
    },
  };
}

/** Runs one statement and returns its rows. */
export async function query(connection: EmbeddedConnection, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ ...connection });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
