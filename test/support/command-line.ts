import { spawn, type ChildProcess } from 'node:child_process';
import { inject } from 'vitest';

/** The real executable, on the bundle that was made for these tests. */
export const EXECUTABLE = inject('executable');

/** What a finished command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/**
 * Starts the real executable.
 *
 * @param env added to an environment that names no database and no flags
 * @param folder to start it in; the tests' own where none is given
 */
export function start(
  args: readonly string[],
  env: Record<string, string> = {},
  folder = process.cwd(),
): RunningCommand {
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, finished };
}

/** Runs the real executable to its end. */
export function run(
  args: readonly string[],
  env: Record<string, string> = {},
  folder = process.cwd(),
): Promise<Finished> {
  return start(args, env, folder).finished;
}
