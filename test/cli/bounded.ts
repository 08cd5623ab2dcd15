import { start, type Finished } from '../support/command-line.js';

const HANGS_AFTER_MS = 20_000;

/** Runs a command that must end by itself; one that hangs is killed, and its code is null. */
export async function runBounded(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  const { child, finished } = start(args, env);
  const timer = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
  try {
    return await finished;
  } finally {
    clearTimeout(timer);
  }
}
