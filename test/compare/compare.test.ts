import { expect, it } from 'vitest';
import { buildComparison } from '#els/compare/compare.js';
import { createSampler } from '../report/sample.js';

const compared = (...strategies: string[]) => ({ strategies, checks: [] });

it('names the baseline, counts the rounds, and holds ratios and checks', () => {
  const { run } = createSampler();
  const runs = [2, 1, 3].flatMap((round) =>
    ['cte', 'inventory', 'legacy'].map((strategy) => run({ scenario: 'sustained', strategy, round })),
  );
  const comparison = buildComparison(runs, {
    ...{ strategies: ['cte', 'inventory', 'legacy'], reference: 'legacy' },
    checks: [
      {
        ...{ scenario: 'sustained', text: 'inventory.throughput >= 0.95 * cte.throughput' },
        ...{ subject: 'inventory', reference: 'cte', margin: 0.95 },
      },
    ],
  });
  expect(comparison).toMatchObject({
    baseline: 'legacy',
    strategies: ['cte', 'inventory', 'legacy'],
    rounds: 3,
  });
  expect(comparison.ratios.map((ratio) => `${ratio.strategy} ${ratio.metric}`)).toEqual(
    ['cte', 'inventory'].flatMap((strategy) =>
      ['throughput', 'mean', 'p50', 'p95', 'p99'].map((metric) => `${strategy} ${metric}`),
    ),
  );
  expect(comparison.checks).toHaveLength(1);
});

it('warns of a check that is not made', () => {
  const { run } = createSampler();
  const check = { scenario: 'sustained', text: 'a.throughput >= 1 * b.throughput', margin: 1 };
  const { warnings } = buildComparison([run({ scenario: 'sustained', strategy: 'b' })], {
    ...compared('b'),
    checks: [{ ...check, subject: 'a', reference: 'b' }],
  });
  expect(warnings).toEqual([`sustained: check ${check.text} was not made: "a" did not run`]);
});

it('divides by the first strategy that was named and ran, whichever ran first', () => {
  const { run } = createSampler();
  const runs = ['b', 'a'].map((strategy) => run({ strategy }));
  expect(buildComparison(runs, compared('never', 'a', 'b')).baseline).toBe('a');
});

it('says how sure it is, and how many rounds that takes', () => {
  const { run } = createSampler();
  const strategies = ['legacy', 'cte', 'inventory'];
  const comparison = (rounds: number) =>
    buildComparison(
      strategies.flatMap((strategy) =>
        Array.from({ length: rounds }, (_, at) => run({ strategy, round: at + 1 })),
      ),
      compared(...strategies),
    );
  const levels = { checkLevel: 0.025, claimsLevel: 0.025, roundsToCheck: 6 };
  expect(comparison(6).levels).toEqual({ ...levels, roundsToClaim: 8 });
  expect(comparison(7).levels).toEqual({ ...levels, roundsToClaim: 8 });
});

it('says everything in the order in which strategies were named, whatever ran first', () => {
  const { run } = createSampler();
  const runs = ['b + locks', 'b', 'a', 'base'].map((name) =>
    run({ strategy: name.replace(' + locks', ''), advisoryLocks: name.endsWith('locks') }),
  );
  const { ratios } = buildComparison(runs, compared('base', 'a', 'b'));
  const throughputs = ratios.filter(({ metric }) => metric === 'throughput');
  expect(throughputs.map(({ strategy, advisoryLocks }) => [strategy, advisoryLocks])).toEqual([
    ['a', false],
    ['b', false],
    ['b', true],
  ]);
});

it('makes no figure of a run that was cut off', () => {
  const { run } = createSampler();
  const of = (strategy: string, round: number, throughputPerSecond: number, complete = true) =>
    run({ scenario: 'sustained', strategy, round, throughputPerSecond, complete });
  const whole = [1, 2, 3].flatMap((round) => [of('legacy', round, 100), of('cte', round, 200)]);
  const cutOff = [of('legacy', 4, 100), of('cte', 4, 1, false)];
  const comparison = buildComparison([...whole, ...cutOff], compared('legacy', 'cte'));
  const [throughput] = comparison.ratios.filter(({ metric }) => metric === 'throughput');
  expect(throughput).toMatchObject({ ratio: 2, low: 2, high: 2 });
  expect(buildComparison([of('cte', 1, 1, false)], compared('cte'))).toMatchObject({
    baseline: 'cte',
    ratios: [],
  });
});
