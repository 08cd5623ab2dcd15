import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../base/system-error.js';

const POLL_MS = 15;

/**
 * Whether process `pid` runs and its command line contains `words`. Process ids are used again, after a restart of
 * a container even with certainty, so that a live id alone says nothing. A zombie counts as gone.
 */
export async function isRunning(pid: number, words: string): Promise<boolean> {
  return (await commandLine(pid)).includes(words);
}

/** Sends a signal; a process that has just ended is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** Waits until process `pid` no longer runs with `words`; false when it still does after `timeoutMs`. */
export async function waitUntilGone(pid: number, words: string, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (await isRunning(pid, words)) {
    if (performance.now() > end) return false;
    await sleep(POLL_MS);
  }
  return true;
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform !== 'linux') return commandLineFromPs(pid);
  const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return argv.replaceAll('\0', ' ').trimEnd();
}

function commandLineFromPs(pid: number): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', 'command=', '-p', String(pid)], (error, stdout) => {
      resolve(error ? '' : stdout.trimEnd());
    });
  });
}
