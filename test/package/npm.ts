import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm pack --json` says. */
export interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/**
 * Runs a program to its end, in an environment that names no database; rejects with its output where it fails.
 *
 * @param env added to that environment
 */
export async function execute(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  return (await promisify(execFile)(program, args, { cwd, env: { PATH, HOME, ...env } })).stdout;
}

/** Runs npm, whose registry and certificates the environment may name. */
export async function npm(args: readonly string[], cwd: string): Promise<string> {
  return (await promisify(execFile)('npm', args, { cwd })).stdout;
}

/** Makes the tarball that would be published, of what is built. */
export async function pack(folder: string): Promise<Packed> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(await npm(args, REPOSITORY)) as [Packed];
  return packed;
}

/** An empty folder for a test file. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'els-assign-package-'));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
