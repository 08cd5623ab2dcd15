import { describe, expect, it } from 'vitest';
import { chooseBaseline } from '#els/compare/baseline.js';
import { compareToBaseline } from '#els/compare/ratios.js';
import type { Ratio, RunResult } from '#els/domain/run-result.js';
import { createSampler, type RunOverrides, type Sampler } from '../report/sample.js';

const BASELINE = { strategy: 'legacy' };

/** One run a round, with these throughputs. */
function series({ run }: Sampler, throughputs: readonly number[], overrides: RunOverrides): RunResult[] {
  return throughputs.map((throughputPerSecond, index) =>
    run({ throughputPerSecond, round: index + 1, ...overrides }),
  );
}

const legacy = (
  sampler: Sampler,
  throughputs: readonly number[],
  overrides: RunOverrides = {},
): RunResult[] => series(sampler, throughputs, { strategy: 'legacy', ...overrides });
const cte = (sampler: Sampler, throughputs: readonly number[], overrides: RunOverrides = {}): RunResult[] =>
  series(sampler, throughputs, { strategy: 'cte', ...overrides });

const throughputOf = (ratios: readonly Ratio[]): Ratio[] =>
  ratios.filter((ratio) => ratio.metric === 'throughput');

/** Logarithms leave a ratio with rounding errors. */
const rounded = ({ ratio }: Ratio): number => Number(ratio.toFixed(9));

describe('compareToBaseline', () => {
  it('is the geometric mean of paired rounds, and few rounds give their range', () => {
    const sampler = createSampler();
    const runs = [...legacy(sampler, [100, 200, 400]), ...cte(sampler, [200, 800, 3200])];
    // single rounds 2, 4, 8
    const [found, ...others] = throughputOf(compareToBaseline(runs, BASELINE));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      scenario: 'high-concurrency',
      strategy: 'cte',
      advisoryLocks: false,
      metric: 'throughput',
      confidence: 0.75,
    });
    expect(found?.ratio).toBeCloseTo(4, 9);
    expect(found?.low).toBeCloseTo(2, 9);
    expect(found?.high).toBeCloseTo(8, 9);
  });

  it('leaves out what 95 % confidence allows, where rounds are many', () => {
    const sampler = createSampler();
    const runs = [...legacy(sampler, Array(8).fill(1)), ...cte(sampler, [1, 2, 4, 8, 16, 32, 64, 128])];
    // 2^8 flips, of which 6 are left out at either end: the means of the subsets {0}, {0,1}, {1}, {0,2}, {0,1,2} of
    // the exponents 0 … 7 are 0, ½, 1, 1, 1; next comes {0,1,3} with 4/3
    const [found] = throughputOf(compareToBaseline(runs, BASELINE));
    expect(found?.confidence).toBe(1 - 12 / 256);
    expect(found?.ratio).toBeCloseTo(2 ** 3.5, 9);
    expect(found?.low).toBeCloseTo(2 ** (4 / 3), 9);
    expect(found?.high).toBeCloseTo(2 ** (7 - 4 / 3), 9);
  });

  it('is the inverse, where the two are exchanged', () => {
    const sampler = createSampler();
    const random = (): number[] => Array.from({ length: 7 }, () => sampler.integer(1, 9999));
    const runs = [...legacy(sampler, random()), ...cte(sampler, random())];
    const [there] = throughputOf(compareToBaseline(runs, BASELINE));
    const [back] = throughputOf(compareToBaseline(runs, { strategy: 'cte' }));
    expect((there?.ratio ?? NaN) * (back?.ratio ?? NaN)).toBeCloseTo(1, 9);
    expect((there?.low ?? NaN) * (back?.high ?? NaN)).toBeCloseTo(1, 9);
  });

  it('compares every metric, latencies as latencies', () => {
    const sampler = createSampler();
    const runs = [
      ...legacy(sampler, [100], { latencyMicros: { mean: 10, p50: 20, p95: 40, p99: 80 } }),
      ...cte(sampler, [400], { latencyMicros: { mean: 5, p50: 15, p95: 8, p99: 160 } }),
    ];
    const byMetric = compareToBaseline(runs, BASELINE).map((row) => [row.metric, rounded(row)]);
    expect(Object.fromEntries(byMetric)).toEqual({ throughput: 4, mean: 0.5, p50: 0.75, p95: 0.2, p99: 2 });
  });

  it('does not depend on the order in which runs were made', () => {
    const sampler = createSampler();
    const rounds = sampler.integer(1, 7);
    const random = (): number[] => Array.from({ length: rounds }, () => sampler.integer(1, 9999));
    const ordered = [...legacy(sampler, random()), ...cte(sampler, random())];
    const shuffled = ordered
      .map((run) => ({ run, key: sampler.integer(0, 1e9) }))
      .sort((a, b) => a.key - b.key)
      .map(({ run }) => run);
    expect(compareToBaseline(shuffled, BASELINE)).toEqual(compareToBaseline(ordered, BASELINE));
    expect(compareToBaseline(ordered, BASELINE)).toHaveLength(5);
  });

  it('keeps the ratio within its interval', () => {
    const sampler = createSampler();
    for (let repeat = 0; repeat < 200; repeat += 1) {
      const random = (): number[] => Array.from({ length: 1 + (repeat % 9) }, () => sampler.integer(1, 9999));
      const [found] = throughputOf(
        compareToBaseline([...legacy(sampler, random()), ...cte(sampler, random())], BASELINE),
      );
      const { ratio, low, high } = found ?? { ratio: NaN, low: NaN, high: NaN };
      expect(ratio).toBeGreaterThanOrEqual(low * (1 - 1e-12));
      expect(ratio).toBeLessThanOrEqual(high * (1 + 1e-12));
    }
  });

  it('pairs rounds by number and leaves out a round that only one side has', () => {
    const sampler = createSampler();
    const runs = [...legacy(sampler, [100, 100, 1]), ...cte(sampler, [200, 300])];
    const [found] = throughputOf(compareToBaseline(runs, BASELINE));
    expect(found?.ratio).toBeCloseTo(Math.sqrt(6), 9);
    expect(found?.low).toBeCloseTo(2, 9);
    expect(found?.high).toBeCloseTo(3, 9);
    expect(found?.confidence).toBe(0.5);
  });

  it('divides by the baseline without locks, where it ran so', () => {
    const sampler = createSampler();
    const runs = [
      ...legacy(sampler, [50], { advisoryLocks: true }),
      ...legacy(sampler, [100]),
      ...cte(sampler, [200]),
      ...cte(sampler, [300], { advisoryLocks: true }),
    ];
    const rows = throughputOf(compareToBaseline(runs, BASELINE));
    expect(rows.map((row) => [row.strategy, row.advisoryLocks, rounded(row)])).toEqual([
      ['legacy', true, 0.5],
      ['cte', false, 2],
      ['cte', true, 3],
    ]);
  });

  it('divides by the baseline with locks, where it only ran so', () => {
    const sampler = createSampler();
    const runs = [...legacy(sampler, [50], { advisoryLocks: true }), ...cte(sampler, [200])];
    const rows = throughputOf(compareToBaseline(runs, BASELINE));
    expect(rows.map((row) => [row.strategy, rounded(row)])).toEqual([['cte', 4]]);
  });

  it('keeps scenarios apart, and leaves out one without the baseline', () => {
    const sampler = createSampler();
    const runs = [
      ...legacy(sampler, [100]),
      ...cte(sampler, [200]),
      ...legacy(sampler, [10], { scenario: 'overflow' }),
      ...cte(sampler, [50], { scenario: 'overflow' }),
      ...cte(sampler, [50], { scenario: 'cross-instance' }),
    ];
    const rows = throughputOf(compareToBaseline(runs, BASELINE));
    expect(rows.map((row) => [row.scenario, rounded(row)])).toEqual([
      ['high-concurrency', 2],
      ['overflow', 5],
    ]);
  });

  it.each([NaN, 0, Infinity])('leaves out a metric of which a round has %d', (missing) => {
    const sampler = createSampler();
    const metrics = (subject: number, reference: number): string[] =>
      compareToBaseline(
        [...legacy(sampler, [100, reference]), ...cte(sampler, [200, subject])],
        BASELINE,
      ).map(({ metric }) => metric);
    expect(metrics(missing, 100)).toEqual(['mean', 'p50', 'p95', 'p99']);
    expect(metrics(100, missing)).toEqual(['mean', 'p50', 'p95', 'p99']);
  });
});

describe('chooseBaseline', () => {
  it('is the reference where it ran, else the first strategy', () => {
    expect(chooseBaseline(['inventory', 'cte', 'legacy'], 'legacy')).toBe('legacy');
    expect(chooseBaseline(['inventory', 'cte'], 'legacy')).toBe('inventory');
  });
});
