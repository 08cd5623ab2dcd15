import type { Comparison, RunResult } from '../domain/run-result.js';
import { chooseBaseline } from './baseline.js';
import { compareChecks } from './checks.js';
import { makeClaims } from './claims.js';
import { CHECK_LEVEL, CLAIMS_LEVEL, ROUNDS_TO_CHECK, roundsToClaim } from './levels.js';
import { compareToBaseline } from './ratios.js';
import { findWarnings } from './warnings.js';

/** Compares all runs of a `compare`, in whatever order their rounds were run. */
export function buildComparison(runs: readonly RunResult[]): Comparison {
  const baseline = chooseBaseline(runs);
  const claims = makeClaims(runs, { strategy: baseline });
  return {
    baseline,
    rounds: new Set(runs.map((run) => run.round)).size,
    ratios: compareToBaseline(runs, { strategy: baseline }),
    checks: compareChecks(runs),
    claims,
    levels: {
      checkLevel: CHECK_LEVEL,
      claimsLevel: CLAIMS_LEVEL,
      roundsToCheck: ROUNDS_TO_CHECK,
      roundsToClaim: roundsToClaim(claims.length),
    },
    warnings: findWarnings(runs, { strategy: baseline }),
  };
}
