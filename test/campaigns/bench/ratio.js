import { median } from '#els/base/median.js';

const MEETS = { '>=': (value, target) => value >= target, '<=': (value, target) => value <= target };

/**
 * Ratio of medians of two series that were measured in the same rounds, with the lowest and the highest round, judged
 * as measured and rounded afterwards.
 *
 * @param {{ name: string, target?: number, direction?: '>=' | '<=' }} definition without a target, `met` is null
 * @param {number[]} above
 * @param {number[]} below
 */
export function ratio({ name, target, direction }, above, below) {
  const rounds = above.map((value, index) => value / below[index]);
  const value = median(above) / median(below);
  const digits = (number) => Number(number.toFixed(3));
  return {
    name,
    median: digits(value),
    low: digits(Math.min(...rounds)),
    high: digits(Math.max(...rounds)),
    target: target ?? null,
    direction: direction ?? null,
    met: target === undefined ? null : MEETS[direction](value, target),
    rounds: rounds.length,
  };
}
