import { expect, it } from 'vitest';
import { rowName, strategyLabel } from '#els/domain/rows.js';

it('labels a strategy with its locks, and a row with its scenario', () => {
  expect(strategyLabel({ strategy: 'cte', advisoryLocks: true })).toBe('cte + locks');
  expect(strategyLabel({ strategy: 'cte', advisoryLocks: false })).toBe('cte');
  expect(rowName({ scenario: 'overflow', strategy: 'cte', advisoryLocks: true })).toBe(
    'overflow · cte + locks',
  );
});
