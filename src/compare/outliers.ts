import { median } from './median.js';

/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const NORMAL = 1.4826;
/**
 * Standard deviations from the median, as hyperfine has it. The 3.5 that Iglewicz and Hoaglin recommend would find an
 * outlier in 13 % of series of 8 normal values; 10 does in 0.4 %.
 */
const THRESHOLD = 10;

/**
 * Finds the values that lie far from the others, by the modified z-score: B. Iglewicz and D. Hoaglin, "How to Detect
 * and Handle Outliers", ASQC Basic References in Quality Control 16 (1993).
 *
 * @param values at least one
 * @returns their positions
 */
export function findOutliers(values: readonly number[]): number[] {
  const centre = median(values);
  const deviations = values.map((value) => Math.abs(value - centre));
  const limit = THRESHOLD * NORMAL * median(deviations);
  return [...deviations.keys()].filter((position) => (deviations[position] ?? 0) > limit);
}
