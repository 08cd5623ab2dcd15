import { completeRuns } from '../domain/rows.js';
import type { Comparison, RunResult } from '../domain/run-result.js';
import { chooseBaseline } from './baseline.js';
import { compareChecks } from './checks.js';
import { countClaimable, makeClaims } from './claims.js';
import { CHECK_LEVEL, CLAIMS_LEVEL, ROUNDS_TO_CHECK, roundsToClaim } from './levels.js';
import { compareToBaseline } from './ratios.js';
import { findWarnings } from './warnings.js';

/**
 * Compares the runs of a `compare`, in whatever order their rounds were run; one that was cut off counts in no figure.
 *
 * @param strategies in the order in which they were named
 */
export function buildComparison(unordered: readonly RunResult[], strategies: readonly string[]): Comparison {
  const baseline = chooseBaseline(
    strategies.filter((name) => unordered.some(({ strategy }) => strategy === name)),
  );
  const runs = inOrder(completeRuns(unordered), strategies);
  return {
    baseline,
    rounds: new Set(runs.map((run) => run.round)).size,
    ratios: compareToBaseline(runs, { strategy: baseline }),
    checks: compareChecks(runs),
    claims: makeClaims(runs, { strategy: baseline }),
    levels: {
      checkLevel: CHECK_LEVEL,
      claimsLevel: CLAIMS_LEVEL,
      roundsToCheck: ROUNDS_TO_CHECK,
      roundsToClaim: roundsToClaim(countClaimable(runs, { strategy: baseline })),
    },
    warnings: findWarnings(runs, { strategy: baseline }),
  };
}

/** Scenarios as they first appear, strategies as they were named: the order of what is said, whatever ran first. */
function inOrder(runs: readonly RunResult[], strategies: readonly string[]): RunResult[] {
  const scenarios = [...new Set(runs.map(({ scenario }) => scenario))];
  const rank = ({ scenario, strategy, advisoryLocks }: RunResult): number[] => [
    scenarios.indexOf(scenario),
    strategies.indexOf(strategy),
    Number(advisoryLocks),
  ];
  return [...runs].sort((a, b) => {
    const other = rank(b);
    return rank(a).reduce((difference, value, at) => difference || value - (other[at] ?? 0), 0);
  });
}
