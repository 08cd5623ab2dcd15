import type { Comparison, RunResult } from '../domain/run-result.js';
import { compareChecks } from './checks.js';
import { chooseBaseline, compareToBaseline } from './ratios.js';

/** Compares all runs of a `compare`, in whatever order their rounds were run. */
export function buildComparison(runs: readonly RunResult[]): Comparison {
  const baseline = chooseBaseline(runs);
  return {
    baseline,
    rounds: new Set(runs.map((run) => run.round)).size,
    ratios: compareToBaseline(runs, { strategy: baseline }),
    checks: compareChecks(runs),
  };
}
