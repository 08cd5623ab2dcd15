/** More rounds are flipped in this many blocks; 2^16 flips take some milliseconds. */
const MOST_BLOCKS = 16;
/** Two means that differ by less are equal but for the rounding of sums; ties count against a claim. */
const TIE = 1e-9;

/** What the flips of the signs of some paired differences say of the centre of these differences. */
export interface SignFlips {
  /** All ways to give each block a sign, the one that was observed among them. */
  readonly flips: number;
  /** The mean of the rounds whose sign a flip turns, for every flip but the observed one, in ascending order. */
  readonly means: Float64Array;
}

/** An interval for the centre of paired differences. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** The probability that an interval made so holds the centre. */
  readonly confidence: number;
}

interface Subset {
  readonly sum: number;
  readonly count: number;
}

/**
 * Flips the signs of paired differences in every possible way: R. A. Fisher, "The Design of Experiments" (1935),
 * section 21. Under the hypothesis that the centre is c each difference lies as probably above c as as far below it,
 * so that all flips of (difference − c) are equally probable and a p-value is a count: no shape of the distribution
 * is assumed, and the test is exact at any number of rounds.
 *
 * A flip's sum reaches the observed one exactly where the mean of the differences that it turns is at most c. These
 * means are therefore all that the test needs, for any c, and what its inversion needs (J. A. Hartigan, "Using
 * Subsample Values as Typical Values", Journal of the American Statistical Association 64 (1969), 1303–1317).
 *
 * More than 16 differences are put into 16 blocks of consecutive ones, whose signs turn together. Such flips are a
 * subgroup of all of them, which keeps the test exact (E. L. Lehmann and J. P. Romano, "Testing Statistical
 * Hypotheses", 3rd edition (2005), section 15.2).
 *
 * @param differences in the order in which they were measured, at least one
 */
export function flipSigns(differences: readonly number[]): SignFlips {
  let subsets: Subset[] = [{ sum: 0, count: 0 }];
  for (const block of toBlocks(differences)) {
    subsets = subsets.concat(
      subsets.map(({ sum, count }) => ({ sum: sum + block.sum, count: count + block.count })),
    );
  }
  const means = Float64Array.from(subsets.slice(1), ({ sum, count }) => sum / count).sort();
  return { flips: subsets.length, means };
}

/** The one-sided p-value of the claim that the centre lies above `value`. */
export function pAbove({ flips, means }: SignFlips, value: number): number {
  return (1 + means.filter((mean) => mean <= value + TIE).length) / flips;
}

/** The one-sided p-value of the claim that the centre lies below `value`. */
export function pBelow({ flips, means }: SignFlips, value: number): number {
  return (1 + means.filter((mean) => mean >= value - TIE).length) / flips;
}

/**
 * The centres that the two-sided test does not reject. Too few rounds cannot give the confidence that is asked for:
 * then the interval reaches from the smallest difference to the largest, with the confidence 1 − 2^(1−rounds).
 */
export function centreInterval({ flips, means }: SignFlips, confidence: number): Interval {
  const outside = Math.max(1, Math.floor(((1 - confidence) / 2) * flips));
  return {
    low: means.at(outside - 1) ?? NaN,
    high: means.at(-outside) ?? NaN,
    confidence: 1 - (2 * outside) / flips,
  };
}

function toBlocks(differences: readonly number[]): Subset[] {
  const blocks = Math.min(MOST_BLOCKS, differences.length);
  const startOf = (block: number): number => Math.floor((block * differences.length) / blocks);
  return Array.from({ length: blocks }, (_, block) => {
    const ofBlock = differences.slice(startOf(block), startOf(block + 1));
    return { sum: ofBlock.reduce((sum, each) => sum + each, 0), count: ofBlock.length };
  });
}
