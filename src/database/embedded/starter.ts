import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { programPath } from '../../base/package-files.js';
import { failed } from './failures.js';
import type { Layout } from './home.js';

const SUPERVISOR = programPath('database/embedded/supervisor');

/**
 * Returns a function that starts a supervisor of the folder unless the one it started last still runs.
 * That function raises InfrastructureError when the last one ended with an error.
 */
export function supervisorStarter(layout: Layout): () => void {
  let last: ChildProcess | undefined;
  let trouble: Error | undefined;

  return () => {
    if (trouble) throw failed(`has no supervisor: ${trouble.message}`, layout.log, trouble);
    if (last && last.exitCode === null && last.signalCode === null) return;
    last = spawnSupervisor(layout);
    last.once('error', (error) => (trouble = error));
    last.once('exit', (code) => {
      if (code) trouble = new Error(`it ended with ${code}`);
    });
  };
}

/** In a session of its own, so that a Ctrl-C meant for the command does not reach it, and with no pipe of ours. */
function spawnSupervisor(layout: Layout): ChildProcess {
  const log = openSync(layout.log, 'a', 0o600);
  try {
    const stdio = ['ignore', 'ignore', log] as const;
    const child = spawn(process.execPath, [SUPERVISOR, layout.folder], {
      detached: true,
      cwd: '/',
      env: {},
      stdio: [...stdio],
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}
