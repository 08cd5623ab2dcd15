import type { RunTargetOptions, TargetResult } from './target-run.js';

/**
 * Puts a target through one scenario, with processes of its own, and verifies every outcome: what `els-assign run` does,
 * for a test suite. Nothing of the calling process is changed, and several may run at once.
 *
 * A verdict is no error: see `assertValid`.
 *
 * @param file of the target: a path or a URL; what `--strategy` takes
 * @param options the scenario, and what is to differ from it
 * @throws UsageError for bad input, with the codes of the command line, before anything is run
 * @throws InfrastructureError where the surroundings failed, or the target's code gave an answer that is none; not when a
 *   violation had been proven before
 */
export async function runTarget(file: URL | string, options: RunTargetOptions): Promise<TargetResult> {
  // A worker imports this package for `defineTarget` alone.
  const { runOnce } = await import('./run-once.js');
  return runOnce(file, options);
}
