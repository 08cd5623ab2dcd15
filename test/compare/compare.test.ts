import { expect, it } from 'vitest';
import { buildComparison } from '#els/compare/compare.js';
import { createSampler } from '../report/sample.js';

it('names the baseline, counts the rounds, and holds ratios and checks', () => {
  const { run } = createSampler();
  const runs = [2, 1, 3].flatMap((round) =>
    ['cte', 'inventory', 'legacy'].map((strategy) => run({ scenario: 'sustained', strategy, round })),
  );
  const comparison = buildComparison(runs);
  expect(comparison).toMatchObject({ baseline: 'legacy', rounds: 3 });
  expect(comparison.ratios.map((ratio) => `${ratio.strategy} ${ratio.metric}`)).toEqual(
    ['cte', 'inventory'].flatMap((strategy) =>
      ['throughput', 'mean', 'p50', 'p95', 'p99'].map((metric) => `${strategy} ${metric}`),
    ),
  );
  expect(comparison.checks).toHaveLength(1);
});
