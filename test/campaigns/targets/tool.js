import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXECUTABLE = fileURLToPath(new URL('../../../bin/els-assign.js', import.meta.url));
/** Larger than the document of any campaign here. */
const MOST_OUTPUT_BYTES = 2 ** 28;

/** The path of a file of this repository. */
export const fileOf = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/**
 * Runs work with the embedded server up, in a folder of its own that is removed afterwards.
 *
 * @template T
 * @param {(run: (strategy: string, flags: readonly string[]) => Promise<any>, url: string) => Promise<T>} work gets
 *   `els-assign run`, which returns its JSON document whether all held or not and throws when the surroundings failed; and
 *   the server's URL
 * @returns {Promise<T>}
 */
export async function withTool(work) {
  const home = await mkdtemp(join(tmpdir(), 'els-assign-targets-'));
  await chmod(home, 0o755);
  const env = { PATH: process.env.PATH, ELS_ASSIGN_HOME: home };
  const server = spawn(process.execPath, [EXECUTABLE, 'server'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  try {
    const told = await Promise.race([
      once(server.stdout, 'data'),
      ended.then(() => Promise.reject(new Error('no server'))),
    ]);
    const url = String(told[0]).split('\n')[0] ?? '';
    return await work((strategy, flags) => run(env, ['--strategy', fileOf(strategy), ...flags]), url);
  } finally {
    server.stdin.end();
    await ended;
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  }
}

function run(env, args) {
  const settings = { env, maxBuffer: MOST_OUTPUT_BYTES };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [EXECUTABLE, 'run', ...args, '--json', '--quiet'],
      settings,
      (error, stdout, stderr) => {
        if (error && error.code !== 1) reject(new Error(`run ${args.join(' ')}: ${stderr || error.message}`));
        else resolve(JSON.parse(stdout));
      },
    );
  });
}
