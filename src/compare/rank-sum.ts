import { median } from '../base/median.js';
import type { Interval } from './sign-flips.js';

/** Two logarithms that differ by less are equal but for the rounding; ties count against a claim. */
const TIE = 1e-9;

/** What two independent samples say of how far the first lies above the second. */
export interface RankSum {
  /** Every value of the first less every value of the second, in ascending order. */
  readonly differences: Float64Array;
  /** At k: the probability that at most k of the differences lie on one side of the true shift. */
  readonly cumulative: Float64Array;
}

/**
 * Compares two samples that nothing pairs by the rank sum test: H. B. Mann and D. R. Whitney, "On a Test of Whether one
 * of Two Random Variables is Stochastically Larger than the Other", Annals of Mathematical Statistics 18 (1947), 50–60.
 * Where both have the same distribution but for a shift, all orders of their values are equally probable around it, so
 * that a p-value is a count of orders: exact at any number of values, whatever the distribution is.
 *
 * @param now at least one value
 * @param then at least one value
 */
export function sumRanks(now: readonly number[], then: readonly number[]): RankSum {
  const differences = Float64Array.from(now.flatMap((value) => then.map((other) => value - other))).sort();
  let sum = 0;
  const cumulative = probabilities(now.length, then.length).map((probability) => (sum += probability));
  return { differences, cumulative };
}

/** The one-sided p-value of the claim that the shift is above `value`. */
export function pShiftAbove({ differences, cumulative }: RankSum, value: number): number {
  return cumulative[differences.filter((difference) => difference <= value + TIE).length] ?? NaN;
}

/** The one-sided p-value of the claim that the shift is below `value`. */
export function pShiftBelow({ differences, cumulative }: RankSum, value: number): number {
  return cumulative[differences.filter((difference) => difference >= value - TIE).length] ?? NaN;
}

/**
 * The median of the differences, and the shifts that the two-sided test does not reject: J. L. Hodges and
 * E. L. Lehmann, "Estimates of Location Based on Rank Tests", Annals of Mathematical Statistics 34 (1963), 598–611.
 * Too few values cannot give the confidence that is asked for: then the interval reaches from the smallest difference
 * to the largest, with the confidence that this has.
 */
export function estimateShift(
  { differences, cumulative }: RankSum,
  confidence: number,
): Interval & { readonly centre: number } {
  const outside = Math.max(1, cumulative.filter((probability) => probability <= (1 - confidence) / 2).length);
  return {
    centre: median([...differences]),
    low: differences.at(outside - 1) ?? NaN,
    high: differences.at(-outside) ?? NaN,
    confidence: Math.max(0, 1 - 2 * (cumulative[outside - 1] ?? NaN)),
  };
}

/** The smallest p-value that so many values can give: one of all their orders. */
export function smallestP(now: number, then: number): number {
  let p = 1;
  for (let chosen = 1; chosen <= now; chosen += 1) p *= chosen / (then + chosen);
  return p;
}

/**
 * The probability of every number of pairs in which the first sample's value is the larger, where all orders are
 * equally probable. Mann and Whitney's recursion: the largest value of all is one of the first with the probability
 * i / (i + j), and then larger than all j of the second.
 */
function probabilities(now: number, then: number): Float64Array {
  const pairs = now * then;
  const certain = (): Float64Array => new Float64Array(pairs + 1).fill(1, 0, 1);
  let fewer = Array.from({ length: then + 1 }, certain);
  for (let i = 1; i <= now; i += 1) {
    const row = [certain()];
    for (let j = 1; j <= then; j += 1) row.push(nextOf(i, j, fewer[j] ?? certain(), row[j - 1] ?? certain()));
    fewer = row;
  }
  return fewer[then] ?? certain();
}

function nextOf(i: number, j: number, without: Float64Array, withoutOther: Float64Array): Float64Array {
  return withoutOther.map(
    (probability, pairs) => (j * probability + i * (without[pairs - j] ?? 0)) / (i + j),
  );
}
