import { expect, it } from 'vitest';
import { CHECK_LEVEL, CLAIMS_LEVEL, ERROR_LEVEL, roundsToCheck, roundsToClaim } from '#els/compare/levels.js';

it('gives the check and the claims no more than the whole level', () => {
  expect(CHECK_LEVEL + CLAIMS_LEVEL).toBeLessThanOrEqual(ERROR_LEVEL);
});

it('takes the fewest rounds whose smallest p-value reaches the level', () => {
  expect(2 ** -roundsToCheck(1)).toBeLessThanOrEqual(CHECK_LEVEL);
  expect(2 ** (1 - roundsToCheck(1))).toBeGreaterThan(CHECK_LEVEL);
  expect([0, 1, 2, 3].map(roundsToCheck)).toEqual([6, 6, 7, 7]);
  expect([0, 1, 2, 3, 4].map(roundsToClaim)).toEqual([7, 7, 8, 8, 9]);
});
