import { expect, it } from 'vitest';
import { median } from '#els/base/median.js';

it.each([
  [[7], 7],
  [[9, 1, 5], 5],
  [[10, 9, 2, 1], 5.5],
  [[100, 20, 3], 20],
  [[1, NaN, 3, 4], NaN],
])('is the middle of %j', (values, expected) => {
  expect(median(values)).toBe(expected);
});

it('leaves its argument as it was', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

it('refuses no values', () => {
  expect(() => median([])).toThrow(RangeError);
});
