import { describe, expect, it } from 'vitest';
import { checksNotMade, judgeChecks, type ScenarioCheck } from '#els/compare/checks.js';
import type { RunResult } from '#els/domain/run-result.js';
import { createSampler, type RunOverrides } from '../report/sample.js';

const CHECK: ScenarioCheck = {
  ...{ scenario: 'sustained', text: 'inventory.throughput >= 0.95 * cte.throughput' },
  ...{ subject: 'inventory', reference: 'cte', margin: 0.95 },
};
const NAME = `${CHECK.text} (sustained)`;

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

const EIGHT = Array<number>(8).fill(100);

/** One check of 8 rounds in which inventory lies so many percent of its logarithm above the margin of 0.95. */
const aboveMargin = (...percents: number[]) =>
  judgeChecks(rounds({ inventory: percents.map((percent) => 95 * Math.exp(percent / 100)), cte: EIGHT }), [
    CHECK,
  ]);

describe('checksNotMade', () => {
  const both = () => rounds({ inventory: EIGHT, cte: EIGHT });
  const NOT_MADE = `sustained: check ${CHECK.text} was not made: `;

  it('says nothing of a check that is made', () => {
    expect(checksNotMade(both(), [CHECK])).toEqual([]);
  });

  it('names who did not run: it may be mistyped', () => {
    const text = 'inventry.throughput >= 0.95 * cte.throughput';
    expect(checksNotMade(both(), [{ ...CHECK, text, subject: 'inventry' }])).toEqual([
      `sustained: check ${text} was not made: "inventry" did not run`,
    ]);
    expect(checksNotMade([], [CHECK])).toEqual([`${NOT_MADE}"inventory" and "cte" did not run`]);
  });

  it('says why a check is not made of two that ran', () => {
    const open = rounds({ inventory: EIGHT, cte: EIGHT }, { plan: { arrival: 'open' } });
    expect(checksNotMade(open, [CHECK])).toEqual([`${NOT_MADE}the rate of an open loop sets the throughput`]);
    const locked = both().map((run) => ({ ...run, advisoryLocks: run.strategy === 'cte' }));
    expect(checksNotMade(locked, [CHECK])).toEqual([
      `${NOT_MADE}the two did not run under equal advisory locks`,
    ]);
  });
});

describe('judgeChecks', () => {
  it('passes where every round proves it', () => {
    const runs = rounds({ inventory: [127, 125, 130, 128, 126, 127, 129, 124], cte: EIGHT });
    expect(judgeChecks(runs, [CHECK])).toEqual([
      { name: NAME, result: 'passed', observed: '1.26 [1.25 – 1.28] in 8 rounds, p = 0.004' },
    ]);
  });

  it('passes where inventory is a little slower, but within the margin', () => {
    const runs = rounds({ inventory: [98, 97, 98, 99, 97, 98, 98, 97], cte: EIGHT });
    expect(judgeChecks(runs, [CHECK])).toMatchObject([{ result: 'passed' }]);
  });

  it('fails only where a ratio below the margin is proven', () => {
    const runs = rounds({ inventory: [85, 84, 86, 85, 83, 86, 85, 84], cte: EIGHT });
    expect(judgeChecks(runs, [CHECK])).toEqual([
      { name: NAME, result: 'failed', observed: '0.84 [0.83 – 0.85] in 8 rounds, p = 0.004' },
    ]);
  });

  it('is not made of open loops, whose schedule sets their throughput', () => {
    const runs = rounds({ inventory: EIGHT, cte: EIGHT }, { plan: { arrival: 'open' } });
    expect(judgeChecks(runs, [CHECK])).toEqual([]);
  });

  it.each([
    [94.9, 'failed', '0.94 [0.94 – 0.94] in 8 rounds, p = 0.004'],
    [95, 'inconclusive', '0.95 [0.95 – 0.95] in 8 rounds; too close to 0.95, or too noisy, for p <= 0.025'],
    [95.1, 'passed', '0.95 [0.95 – 0.95] in 8 rounds, p = 0.004'],
  ])('judges %d against 100 as %s, and never shows a miss as the limit', (inventory, result, observed) => {
    const runs = rounds({ inventory: EIGHT.map(() => inventory), cte: EIGHT });
    expect(judgeChecks(runs, [CHECK])).toEqual([{ name: NAME, result, observed }]);
  });

  it('passes at 6 of 256 flips, and not at 7', () => {
    // flips that turn {−3} and any of {}, {1}, {2}, {2.5}, {1, 2} have no smaller sum, nor has the observed one
    expect(aboveMargin(-3, 1, 2, 2.5, 10, 11, 12, 13)).toMatchObject([{ result: 'passed' }]);
    expect(aboveMargin(3, -1, -2, -2.5, -10, -11, -12, -13)).toMatchObject([{ result: 'failed' }]);
    // {}, {0.4}, {2.5}, {2.6}, {0.4, 2.5}, {0.4, 2.6}
    expect(aboveMargin(-3, 0.4, 2.5, 2.6, 10, 11, 12, 13)).toMatchObject([{ result: 'inconclusive' }]);
    expect(aboveMargin(3, -0.4, -2.5, -2.6, -10, -11, -12, -13)).toMatchObject([{ result: 'inconclusive' }]);
  });

  it('is inconclusive where noise hides what there is', () => {
    const runs = rounds({ inventory: [130, 70, 125, 80, 140, 75, 60, 110], cte: EIGHT });
    expect(judgeChecks(runs, [CHECK])).toMatchObject([{ result: 'inconclusive' }]);
  });

  it.each([1, 2, 5])('is inconclusive after %d rounds, however clear they are', (count) => {
    for (const inventory of [1, 1_000]) {
      const runs = rounds({ inventory: Array<number>(count).fill(inventory), cte: EIGHT.slice(0, count) });
      const [check] = judgeChecks(runs, [CHECK]);
      expect(check?.result).toBe('inconclusive');
      expect(check?.observed).toMatch(/; at least 6 rounds can decide$/);
    }
  });

  it('can be decided after 6 rounds', () => {
    const six = EIGHT.slice(2);
    expect(judgeChecks(rounds({ inventory: six, cte: six }), [CHECK])).toMatchObject([{ result: 'passed' }]);
  });

  it('pairs rounds: what slows both in one round alike changes nothing', () => {
    const cte = [100, 20, 100, 300, 50, 100, 70, 100];
    const runs = rounds({ inventory: cte.map((value) => value * 0.99), cte });
    expect(judgeChecks(runs, [CHECK])).toMatchObject([{ result: 'passed' }]);
  });

  it.each([
    ['inventory', 'invalid', 'failed'],
    ['cte', 'invalid', 'failed'],
    ['inventory', 'unknown', 'inconclusive'],
    ['cte', 'unknown', 'inconclusive'],
  ] as const)('says why when a round of %s is %s: %s', (strategy, verdict, result) => {
    const runs = rounds({ inventory: [200, 200], cte: [100, 100] });
    const broken = runs.map((run) =>
      run.strategy === strategy && run.round === 2
        ? { ...run, verdict, notes: ['an event is missing'] }
        : run,
    );
    expect(judgeChecks(broken, [CHECK])).toEqual([
      { name: NAME, result, observed: `round 2 of ${strategy} is ${verdict}: an event is missing` },
    ]);
  });

  it('is inconclusive when nothing was measured', () => {
    expect(judgeChecks(rounds({ inventory: [NaN], cte: [100] }), [CHECK])).toMatchObject([
      { result: 'inconclusive' },
    ]);
  });

  it('is inconclusive when no round has both', () => {
    const runs = rounds({ inventory: [200, 200], cte: [100] }).filter(
      ({ strategy, round }) => strategy === 'cte' || round === 2,
    );
    expect(judgeChecks(runs, [CHECK])).toMatchObject([{ result: 'inconclusive' }]);
  });

  it('prefers runs without locks, and compares equal locks only', () => {
    const free = rounds({ inventory: [150], cte: [100] });
    const locked = rounds({ inventory: [80], cte: [100] }, { advisoryLocks: true });
    const observed = (runs: readonly RunResult[]) => judgeChecks(runs, [CHECK])[0]?.observed;
    expect(observed([...locked, ...free])).toMatch(/^1\.50 in 1 round;/);
    expect(observed(locked)).toMatch(/^0\.80 in 1 round;/);
    const mixed = [
      ...free.filter((run) => run.strategy === 'cte'),
      ...locked.filter((run) => run.strategy !== 'cte'),
    ];
    expect(judgeChecks(mixed, [CHECK])).toEqual([]);
  });

  it('takes the margin and the two names from the check', () => {
    const runs = rounds({ inventory: EIGHT.map(() => 101), cte: EIGHT });
    const atLeast = (margin: number) => ({ ...CHECK, text: `at least ${margin}`, margin });
    const turned = { ...CHECK, text: 'turned', subject: 'cte', reference: 'inventory', margin: 1 };
    expect(judgeChecks(runs, [atLeast(1)])).toMatchObject([
      { name: 'at least 1 (sustained)', result: 'passed' },
    ]);
    expect(judgeChecks(runs, [atLeast(1.1)])).toMatchObject([{ result: 'failed' }]);
    expect(judgeChecks(runs, [turned])).toMatchObject([{ name: 'turned (sustained)', result: 'failed' }]);
  });

  it('shares its level among checks: two take a round more', () => {
    const six = EIGHT.slice(2);
    const decided = (values: readonly number[], checks: readonly ScenarioCheck[]) =>
      judgeChecks(rounds({ inventory: values, cte: values }), checks).map(({ result }) => result);
    expect(decided(six, [CHECK, CHECK])).toEqual(['inconclusive', 'inconclusive']);
    expect(decided([...six, 100], [CHECK, CHECK])).toEqual(['passed', 'passed']);
    expect(decided(six, [CHECK, { ...CHECK, subject: 'not run' }])).toEqual(['passed']);
  });

  it('is not made on other scenarios, nor for one strategy alone', () => {
    expect(judgeChecks(rounds({ inventory: [1], cte: [100] }, { scenario: 'overflow' }), [CHECK])).toEqual(
      [],
    );
    expect(judgeChecks(rounds({ inventory: [1], cte: [] }), [CHECK])).toEqual([]);
  });
});
