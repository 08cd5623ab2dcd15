import { groupRows, type Row } from '../domain/rows.js';
import type { Claim, RunResult } from '../domain/run-result.js';
import { baselineRow } from './baseline.js';
import { adjustByHolm } from './holm.js';
import { CLAIMS_LEVEL, roundsToClaim } from './levels.js';
import { logRatios } from './metrics.js';
import { pairRounds } from './rows.js';
import { flipSigns, pAbove, pBelow, type SignFlips } from './sign-flips.js';

/** No difference: a ratio of 1. */
const EQUAL = 0;

interface Candidate {
  readonly row: Row;
  readonly rounds: number;
  readonly flips: SignFlips;
}

/**
 * Says of each row whether its throughput is above or below the baseline's. A row is left out when its rounds are too
 * few for any claim, which is known before they are run and so costs the others nothing (R. E. Tarone, "A Modified
 * Bonferroni Method for Discrete Data", Biometrics 46 (1990), 515–522), and when a run of either side
 * is not valid or is an open loop, whose schedule sets the throughput.
 */
export function makeClaims(runs: readonly RunResult[], baseline: { strategy: string }): Claim[] {
  const candidates = pairRows(runs, baseline).filter(isUsable).flatMap(candidateOf);
  const pValues = adjustByHolm(
    candidates.flatMap(({ flips }) => [pAbove(flips, EQUAL), pBelow(flips, EQUAL)]),
  );
  return candidates.map(({ row, rounds }, position) => {
    const [faster = NaN, slower = NaN] = pValues.slice(2 * position);
    const { scenario, strategy, advisoryLocks } = row;
    const pValue = Math.min(faster, slower);
    return { scenario, strategy, advisoryLocks, result: judge(faster, slower), pValue, rounds };
  });
}

/** Rows of which something could be claimed, were their rounds enough. */
export function countClaimable(runs: readonly RunResult[], baseline: { strategy: string }): number {
  return pairRows(runs, baseline).filter(isUsable).length;
}

interface Pair {
  readonly row: Row;
  readonly base: Row;
}

function pairRows(runs: readonly RunResult[], { strategy }: { strategy: string }): Pair[] {
  const rows = groupRows(runs);
  return rows.flatMap((row) => {
    const base = baselineRow(rows, row.scenario, strategy);
    return base === undefined || base === row ? [] : [{ row, base }];
  });
}

function isUsable({ row, base }: Pair): boolean {
  return [...row.runs, ...base.runs].every((run) => run.verdict === 'valid' && run.plan.arrival !== 'open');
}

function candidateOf({ row, base }: Pair): Candidate[] {
  const differences = logRatios('throughput', pairRounds(row, base));
  if (differences === undefined || differences.length < roundsToClaim(1)) return [];
  return [{ row, rounds: differences.length, flips: flipSigns(differences) }];
}

function judge(pFaster: number, pSlower: number): Claim['result'] {
  if (pFaster <= CLAIMS_LEVEL) return 'faster';
  return pSlower <= CLAIMS_LEVEL ? 'slower' : 'inconclusive';
}
