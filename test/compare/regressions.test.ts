import { describe, expect, it } from 'vitest';
import { regressionChecks } from '#els/compare/regressions.js';
import type { BaselineRow } from '#els/domain/baseline.js';
import type { RunResult } from '#els/domain/run-result.js';
import { createSampler, type RunOverrides } from '../report/sample.js';

const NAME = 'throughput / baseline.throughput >= 0.95 (sustained · cte)';

function rowOf(throughputs: readonly number[], overrides: Partial<BaselineRow> = {}): BaselineRow {
  const rounds = throughputs.map((throughputPerSecond, index) => ({
    round: index + 1,
    throughputPerSecond,
    latencyMicros: { mean: 10, p50: 10, p95: 100_000 / throughputPerSecond, p99: 10 },
  }));
  return { scenario: 'sustained', strategy: 'cte', advisoryLocks: false, shape: {}, rounds, ...overrides };
}

function runsOf(throughputs: readonly number[], overrides: RunOverrides = {}): RunResult[] {
  const { run } = createSampler();
  return throughputs.map((throughputPerSecond, index) =>
    run({
      ...{ scenario: 'sustained', strategy: 'cte', plan: { arrival: 'closed' }, throughputPerSecond },
      ...{ round: index + 1, ...overrides },
    }),
  );
}

const FOUR = [100, 101, 102, 103];

describe('regressionChecks', () => {
  it('passes where all orders but one are less extreme', () => {
    const then = [rowOf(FOUR)];
    expect(regressionChecks(runsOf([120, 121, 122, 123]), then)).toEqual([
      { name: NAME, result: 'passed', observed: '1.19 [1.16 – 1.23] in 4 rounds against 4, p = 0.015' },
    ]);
    expect(regressionChecks(runsOf([98.1, 98.2, 98.3, 98.4]), then)).toMatchObject([{ result: 'passed' }]);
  });

  it('fails only where a ratio below the margin is proven', () => {
    const then = [rowOf(FOUR)];
    expect(regressionChecks(runsOf([50, 51, 52, 53]), then)).toEqual([
      { name: NAME, result: 'failed', observed: '0.50 [0.48 – 0.53] in 4 rounds against 4, p = 0.015' },
    ]);
    expect(regressionChecks(runsOf([50, 51, 52, 200]), then)).toMatchObject([{ result: 'inconclusive' }]);
    expect(regressionChecks(runsOf(FOUR.map((value) => value * 0.95)), then)).toMatchObject([
      {
        result: 'inconclusive',
        observed: expect.stringContaining('too close to 0.95, or too noisy, for p <= 0.025') as string,
      },
    ]);
  });

  it.each([
    [1, 4, 'at least 4 rounds can decide'],
    [3, 4, 'at least 4 rounds can decide'],
    [1, 8, 'at least 2 rounds can decide'],
    [1, 1, 'at least 39 rounds can decide'],
  ])('of %d rounds against %d is inconclusive, however slow', (now, then, says) => {
    const found = regressionChecks(runsOf(Array<number>(now).fill(1)), [rowOf(Array<number>(then).fill(99))]);
    expect(found).toMatchObject([
      { result: 'inconclusive', observed: expect.stringContaining(says) as string },
    ]);
  });

  it('divides its level by the rows', () => {
    const slow = [...runsOf([50, 51, 52, 53]), ...runsOf([50, 51, 52, 53], { strategy: 'legacy' })];
    const found = regressionChecks(slow, [rowOf(FOUR), rowOf(FOUR, { strategy: 'legacy' })]);
    for (const each of found) {
      expect(each.result).toBe('inconclusive');
      expect(each.observed).toMatch(/at least 5 rounds can decide$/);
    }
    expect(found).toHaveLength(2);
  });

  it('compares an open loop by its p95', () => {
    const latencies = [3_000, 3_100, 3_200, 3_300];
    const slow = runsOf(FOUR, { plan: { arrival: 'open' } }).map((run, at) => ({
      ...run,
      latencyMicros: { ...run.latencyMicros, p95: latencies[at] ?? NaN },
    }));
    expect(regressionChecks(slow, [rowOf(FOUR)])).toMatchObject([
      { name: 'baseline.p95 / p95 >= 0.95 (sustained · cte)', result: 'failed' },
    ]);
  });

  it('leaves out bursts, and rows that only one of the two has', () => {
    const others: Partial<BaselineRow>[] = [
      { scenario: 'mine' },
      { strategy: 'legacy' },
      { advisoryLocks: true },
    ];
    expect(
      regressionChecks(
        runsOf(FOUR),
        others.map((other) => rowOf(FOUR, other)),
      ),
    ).toEqual([]);
    expect(regressionChecks(runsOf(FOUR, { plan: { arrival: 'burst' } }), [rowOf(FOUR)])).toEqual([]);
  });

  it('fails by an invalid run and is inconclusive by an unknown one, however fast', () => {
    const fast = runsOf([500, 501, 502, 503]);
    const [first, ...rest] = fast;
    if (first === undefined) throw new Error('no run');
    const judged = (verdict: RunResult['verdict']) =>
      regressionChecks([{ ...first, verdict, notes: ['a note'] }, ...rest], [rowOf(FOUR)]);
    expect(judged('invalid')).toEqual([
      { name: NAME, result: 'failed', observed: 'round 1 of cte is invalid: a note' },
    ]);
    expect(judged('unknown')).toMatchObject([{ result: 'inconclusive' }]);
    expect(judged('valid')).toMatchObject([{ result: 'passed' }]);
  });
});
