import { expect, it } from 'vitest';
import { findOutliers } from '#els/compare/outliers.js';

// median 10, median absolute deviation 1: the limit is 14.826 from the median
it.each([
  [[8, 9, 9, 10, 10, 11, 11, 12], []],
  [[8, 9, 9, 10, 10, 11, 11, 24.8], []],
  [[8, 9, 9, 10, 10, 11, 11, 24.9], [7]],
  [
    [-4.9, 9, 9, 10, 10, 11, 11, 25],
    [0, 7],
  ],
  [[1, 1, 1, 1, 1, 1], []],
  // More than half are equal: what lies no farther than a measurement's own rounding is none.
  [[0, 0, 0, 0, 0, 1e-12], []],
  [[0.7, 0.7, 0.7, 0.7, 0.714, 0.7], []],
  [[0.7, 0.7, 0.7, 0.7, 0.716, 0.7], [4]],
  [[0, 0, 0, -2], [3]],
])('of %j finds %j', (values, positions) => {
  expect(findOutliers(values)).toEqual(positions);
});
