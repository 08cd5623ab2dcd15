import { expect, it } from 'vitest';
import { adjustByHolm } from '#els/compare/holm.js';

it.each([
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), 'holm')
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.6, 0.2],
    [0.6, 0.4],
  ],
  [
    [0.4, 0.9],
    [0.8, 0.9],
  ],
  [
    [0.7, 0.6],
    [1, 1],
  ],
  [[0.03], [0.03]],
  [[], []],
])('adjusts %j to %j', (pValues, expected) => {
  expect(adjustByHolm(pValues).map((p) => Number(p.toFixed(9)))).toEqual(expected);
});
