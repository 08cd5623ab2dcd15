import { median } from '../../dist/compare/median.js';

/**
 * Ratio of medians of two series that were measured in the same rounds, with the lowest and the highest round.
 *
 * @param {string} name
 * @param {number[]} above
 * @param {number[]} below
 */
export function ratio(name, above, below) {
  const rounds = above.map((value, index) => value / below[index]);
  const digits = (value) => Number(value.toFixed(3));
  return {
    name,
    median: digits(median(above) / median(below)),
    low: digits(Math.min(...rounds)),
    high: digits(Math.max(...rounds)),
  };
}
