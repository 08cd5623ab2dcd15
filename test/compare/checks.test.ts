import { describe, expect, it } from 'vitest';
import { compareChecks } from '#els/compare/checks.js';
import type { RunResult } from '#els/domain/run-result.js';
import { createSampler, type RunOverrides } from '../report/sample.js';

const NAME = 'inventory.throughput >= 0.95 * cte.throughput (sustained)';

/** `sustained` runs of both strategies, one a round, with these throughputs. */
function rounds(
  throughputs: { inventory: readonly number[]; cte: readonly number[] },
  overrides: RunOverrides = {},
): RunResult[] {
  const { run } = createSampler();
  return Object.entries(throughputs).flatMap(([strategy, values]) =>
    values.map((throughputPerSecond, index) =>
      run({ scenario: 'sustained', strategy, throughputPerSecond, round: index + 1, ...overrides }),
    ),
  );
}

describe('compareChecks', () => {
  it('passes when the median of inventory beats that of cte', () => {
    const runs = rounds({ inventory: [127, 90, 130], cte: [100, 120, 90] });
    expect(compareChecks(runs)).toEqual([
      { name: NAME, result: 'passed', observed: '1.27 (median of 3 rounds)' },
    ]);
  });

  it.each([
    [95, 'passed', '0.95 (1 round)'],
    [94.9, 'failed', '0.94 (1 round)'],
    [115, 'passed', '1.15 (1 round)'],
  ])('judges %d against 100 as %s, and never shows a miss as the limit', (inventory, result, observed) => {
    expect(compareChecks(rounds({ inventory: [inventory], cte: [100] }))).toEqual([
      { name: NAME, result, observed },
    ]);
  });

  it.each([
    ['inventory', 'invalid'],
    ['inventory', 'unknown'],
    ['cte', 'invalid'],
  ] as const)('fails with the reason when a round of %s is %s', (strategy, verdict) => {
    const runs = rounds({ inventory: [200, 200], cte: [100, 100] });
    const broken = runs.map((run) =>
      run.strategy === strategy && run.round === 2
        ? { ...run, verdict, notes: ['an event is missing'] }
        : run,
    );
    expect(compareChecks(broken)).toEqual([
      { name: NAME, result: 'failed', observed: `round 2 of ${strategy} is ${verdict}: an event is missing` },
    ]);
  });

  it('is inconclusive when nothing was measured', () => {
    expect(compareChecks(rounds({ inventory: [NaN], cte: [100] }))).toMatchObject([
      { result: 'inconclusive' },
    ]);
  });

  it('is inconclusive when no round has both', () => {
    const runs = rounds({ inventory: [200, 200], cte: [100] }).filter(
      ({ strategy, round }) => strategy === 'cte' || round === 2,
    );
    expect(compareChecks(runs)).toMatchObject([{ result: 'inconclusive' }]);
  });

  it('prefers runs without locks, and compares equal locks only', () => {
    const free = rounds({ inventory: [150], cte: [100] });
    const locked = rounds({ inventory: [80], cte: [100] }, { advisoryLocks: true });
    expect(compareChecks([...locked, ...free])).toMatchObject([{ observed: '1.50 (1 round)' }]);
    expect(compareChecks(locked)).toMatchObject([{ observed: '0.80 (1 round)' }]);
    const mixed = [
      ...free.filter((run) => run.strategy === 'cte'),
      ...locked.filter((run) => run.strategy !== 'cte'),
    ];
    expect(compareChecks(mixed)).toEqual([]);
  });

  it('is not made on other scenarios, nor for one strategy alone', () => {
    expect(compareChecks(rounds({ inventory: [1], cte: [100] }, { scenario: 'overflow' }))).toEqual([]);
    expect(compareChecks(rounds({ inventory: [1], cte: [] }))).toEqual([]);
  });
});
