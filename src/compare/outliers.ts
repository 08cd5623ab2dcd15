import { median } from '../base/median.js';

/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const NORMAL = 1.4826;
/**
 * Standard deviations from the median, as hyperfine has it. The 3.5 that Iglewicz and Hoaglin recommend would find an
 * outlier in 13 % of series of 8 normal values; 10 does in 0.4 %.
 */
const THRESHOLD = 10;
/**
 * Where more than half of the values are the same, their deviation is 0 and any other value would lie infinitely far.
 * As in hyperfine it then has a smallest size, here one that a measurement can have: a thousandth.
 */
const SMALLEST_DEVIATION = 0.001;

/**
 * Finds the values that lie far from the others, by the modified z-score: B. Iglewicz and D. Hoaglin, "How to Detect
 * and Handle Outliers", ASQC Basic References in Quality Control 16 (1993).
 *
 * @param values logarithms of ratios, at least one
 * @returns their positions
 */
export function findOutliers(values: readonly number[]): number[] {
  const centre = median(values);
  const deviations = values.map((value) => Math.abs(value - centre));
  const limit = THRESHOLD * NORMAL * Math.max(SMALLEST_DEVIATION, median(deviations));
  return [...deviations.keys()].filter((position) => (deviations[position] ?? 0) > limit);
}
