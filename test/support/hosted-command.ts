import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Finished } from './command-line.js';

const HOST = fileURLToPath(new URL('command-host.js', import.meta.url));
const HANGS_AFTER_MS = 45_000;

let host: ChildProcess | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs a command to its end as the executable does, but in a process that lives as long as the test worker: a start
 * costs more than most commands. `test/cli/executable.cli.test.ts` holds the executable against it. Commands run one
 * after the other. One that hangs is killed, and its code is null.
 *
 * @param env added to an environment that names no database and no flags
 */
export function runHosted(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const finished = queue.then(() => runOn((host ??= startHost()), args, { ...bareEnvironment(), ...env }));
  queue = finished.catch(() => undefined);
  return finished;
}

function bareEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

function startHost(): ChildProcess {
  const child = fork(HOST, {
    env: bareEnvironment(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.once('close', () => (host = undefined));
  return child;
}

function runOn(
  child: ChildProcess,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    let direct = '';
    const onDirect = (text: Buffer) => (direct += text.toString());
    const hanging = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
    const end = (finished: Finished) => {
      clearTimeout(hanging);
      child.stderr?.off('data', onDirect);
      child.off('message', onMessage);
      child.off('close', onClose);
      child.off('error', reject);
      resolve({ ...finished, stderr: finished.stderr + direct });
    };
    const onMessage = (finished: Finished) => end(finished);
    const onClose = (code: number | null) => end({ code, stdout: '', stderr: '' });
    // What worker processes say themselves.
    child.stderr?.on('data', onDirect);
    child.once('message', onMessage);
    child.once('close', onClose);
    child.once('error', reject);
    child.send({ args, env });
  });
}
