import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { InfrastructureError } from '../domain/errors.js';

const DEADLINE_MS = 60_000;

/**
 * Runs the user's own command that shuts the server down and starts it again, in a shell and a session of its own: a
 * Ctrl-C meant for us must not leave the server down. Its end is waited for, not that of a server it leaves behind.
 *
 * @param env the user's own
 * @throws InfrastructureError when it fails or takes more than a minute
 */
export async function runRestartCommand(command: string, env: NodeJS.ProcessEnv): Promise<void> {
  const shell = spawn('/bin/sh', ['-c', command], { env, stdio: 'ignore', detached: true });
  const impatience = setTimeout(() => shell.pid && process.kill(-shell.pid, 'SIGKILL'), DEADLINE_MS);
  const [code, signal] = (await once(shell, 'exit')) as [number | null, NodeJS.Signals | null];
  clearTimeout(impatience);
  if (code === 0) return;
  const how = signal
    ? `was ended by ${signal} (it may take ${DEADLINE_MS / 1_000} s)`
    : `exited with code ${code}`;
  throw new InfrastructureError('restart_failed', `--restart-command ${how}`);
}
