/**
 * The probability that a whole report claims something false: that a check passes or fails wrongly, or that a
 * strategy is called faster or slower than the baseline when it is not. The checks and the claims get half of it each
 * (Bonferroni).
 */
export const ERROR_LEVEL = 0.05;
export const CHECK_LEVEL = ERROR_LEVEL / 2;
export const CLAIMS_LEVEL = ERROR_LEVEL / 2;
/** Of each interval by itself. */
export const CONFIDENCE = 0.95;

/**
 * The rounds from which on one of so many checks can be decided: its one-sided p-value can be as small as 2^−rounds.
 */
export function roundsToCheck(checks: number): number {
  return roundsToReach(CHECK_LEVEL / Math.max(1, checks));
}

/**
 * The rounds from which on a claim can be made of one of so many rows. Faster and slower are two claims of each row,
 * and a one-sided p-value can be as small as 2^−rounds.
 */
export function roundsToClaim(rows: number): number {
  return roundsToReach(CLAIMS_LEVEL / (2 * Math.max(1, rows)));
}

function roundsToReach(oneSidedLevel: number): number {
  return Math.ceil(-Math.log2(oneSidedLevel));
}
