import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { failed, messageOf, unavailable } from './failures.js';
import type { ServerUser } from './server-user.js';

/** What the dynamic loader ends with when a library is missing or does not fit. */
const NOT_RUNNABLE = 127;

/** Nothing of the user's environment: PG* variables, locale and library paths change what PostgreSQL does. */
const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' };

/** Starts one of PostgreSQL's programs, its output at the end of `log`. Raises `embedded_unavailable` when it cannot. */
export async function startProgram(
  path: string,
  args: readonly string[],
  log: string,
  user: ServerUser,
): Promise<ChildProcess> {
  const output = openSync(log, 'a', 0o600);
  try {
    const child = spawn(path, args, {
      ...user,
      cwd: '/',
      env: ENVIRONMENT,
      stdio: ['ignore', output, output],
    });
    await once(child, 'spawn');
    return child;
  } catch (error) {
    const as = user.uid === undefined ? '' : ` as user id ${user.uid}`;
    throw unavailable(`does not run here: ${basename(path)}${as}: ${messageOf(error)}`, error);
  } finally {
    closeSync(output);
  }
}

/** Runs a program to its end. Raises InfrastructureError when it fails, which it does when `signal` is aborted. */
export async function runProgram(
  path: string,
  args: readonly string[],
  log: string,
  user: ServerUser,
  signal: AbortSignal,
): Promise<void> {
  const start = await sizeOf(log);
  const child = await startProgram(path, args, log, user);
  const interrupt = () => child.kill('SIGINT');
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  await ended(child);
  signal.removeEventListener('abort', interrupt);
  if (child.exitCode !== 0) throw programFailure(path, child, await textSince(log, start), log);
}

/** Resolves when the process has ended, at once if it already has. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Why `child` ended, from what it has added to the log. */
export function programFailure(path: string, child: ChildProcess, output: string, log: string): Error {
  const cause = child.signalCode ? `ended by ${child.signalCode}` : causeIn(output);
  if (child.exitCode === NOT_RUNNABLE) return unavailable(`does not run here: ${cause}`);
  return failed(`could not start: ${basename(path)}: ${cause}`, log);
}

/** The size of a file in bytes; 0 when it does not exist. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** What has been added to a file since it had `start` bytes. */
export async function textSince(path: string, start: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const length = Math.max(0, (await file.stat()).size - start);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, start);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}

function causeIn(output: string): string {
  const said = /(?:FATAL|PANIC|ERROR|error):\s+(.*)/.exec(output);
  return said?.[1] ?? output.trim().split('\n').at(-1) ?? '';
}
