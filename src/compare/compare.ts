import { completeRuns } from '../domain/rows.js';
import type { Comparison, RunResult } from '../domain/run-result.js';
import { chooseBaseline } from './baseline.js';
import { checksNotMade, countChecks, judgeChecks, type ScenarioCheck } from './checks.js';
import { countClaimable, makeClaims } from './claims.js';
import { CHECK_LEVEL, CLAIMS_LEVEL, roundsToCheck, roundsToClaim } from './levels.js';
import { compareToBaseline } from './ratios.js';
import { findWarnings } from './warnings.js';

/** What is compared. */
export interface Compared {
  /** In the order in which they were named. */
  readonly strategies: readonly string[];
  /** The strategy that others are measured by where it ran. */
  readonly reference?: string | undefined;
  /** Of the scenarios. */
  readonly checks: readonly ScenarioCheck[];
}

/**
 * Compares the runs of a `compare`, in whatever order their rounds were run; one that was cut off counts in no figure.
 */
export function buildComparison(
  unordered: readonly RunResult[],
  { strategies, reference, checks }: Compared,
): Comparison {
  const ran = strategies.filter((name) => unordered.some(({ strategy }) => strategy === name));
  const baseline = chooseBaseline(ran, reference);
  const runs = inOrder(completeRuns(unordered), strategies);
  return {
    baseline,
    strategies,
    rounds: new Set(runs.map((run) => run.round)).size,
    ratios: compareToBaseline(runs, { strategy: baseline }),
    checks: judgeChecks(runs, checks),
    claims: makeClaims(runs, { strategy: baseline }),
    levels: {
      checkLevel: CHECK_LEVEL,
      claimsLevel: CLAIMS_LEVEL,
      roundsToCheck: roundsToCheck(countChecks(runs, checks)),
      roundsToClaim: roundsToClaim(countClaimable(runs, { strategy: baseline })),
    },
    warnings: [...checksNotMade(runs, checks), ...findWarnings(runs, { strategy: baseline })],
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
