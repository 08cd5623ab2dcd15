import { describe, expect, it } from 'vitest';
import { chooseBaseline, compareToBaseline, medianConfidence } from '#els/compare/ratios.js';
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

describe('compareToBaseline', () => {
  it('divides medians, and takes the range from paired rounds', () => {
    const sampler = createSampler();
    const runs = [...legacy(sampler, [100, 200, 400]), ...cte(sampler, [300, 500, 800])];
    // medians 500 / 200; single rounds 3, 2.5, 2
    expect(throughputOf(compareToBaseline(runs, BASELINE))).toEqual([
      {
        scenario: 'high-concurrency',
        strategy: 'cte',
        advisoryLocks: false,
        metric: 'throughput',
        ratio: 2.5,
        low: 2,
        high: 3,
        confidence: 0.75,
      },
    ]);
  });

  it('takes the mean of the middle two of an even number of rounds', () => {
    const sampler = createSampler();
    const runs = [...legacy(sampler, [100, 200]), ...cte(sampler, [200, 700])];
    expect(throughputOf(compareToBaseline(runs, BASELINE))).toMatchObject([
      { ratio: 3, low: 2, high: 3.5, confidence: 0.5 },
    ]);
  });

  it('compares every metric, latencies as latencies', () => {
    const sampler = createSampler();
    const runs = [
      ...legacy(sampler, [100], { latencyMicros: { mean: 10, p50: 20, p95: 40, p99: 80 } }),
      ...cte(sampler, [400], { latencyMicros: { mean: 5, p50: 15, p95: 8, p99: 160 } }),
    ];
    const byMetric = compareToBaseline(runs, BASELINE).map(({ metric, ratio }) => [metric, ratio]);
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

  it('keeps the ratio of medians within the range', () => {
    const sampler = createSampler();
    for (let repeat = 0; repeat < 200; repeat += 1) {
      const random = (): number[] => Array.from({ length: 1 + (repeat % 8) }, () => sampler.integer(1, 9999));
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
    expect(throughputOf(compareToBaseline(runs, BASELINE))).toMatchObject([
      { ratio: 2.5, low: 2, high: 3, confidence: 0.5 },
    ]);
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
    expect(rows.map(({ strategy, advisoryLocks, ratio }) => [strategy, advisoryLocks, ratio])).toEqual([
      ['legacy', true, 0.5],
      ['cte', false, 2],
      ['cte', true, 3],
    ]);
  });

  it('divides by the baseline with locks, where it only ran so', () => {
    const sampler = createSampler();
    const runs = [...legacy(sampler, [50], { advisoryLocks: true }), ...cte(sampler, [200])];
    expect(throughputOf(compareToBaseline(runs, BASELINE))).toMatchObject([{ strategy: 'cte', ratio: 4 }]);
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
    expect(rows.map(({ scenario, ratio }) => [scenario, ratio])).toEqual([
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

describe('medianConfidence', () => {
  it('is 1 − 2^(1−n)', () => {
    expect([1, 2, 3, 5, 10].map(medianConfidence)).toEqual([0, 0.5, 0.75, 0.9375, 1 - 1 / 512]);
  });

  it('is how often the range of n draws covers their median', () => {
    const { integer } = createSampler();
    const trials = 20_000;
    let covered = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const above = Array.from({ length: 5 }, () => integer(0, 1) === 1);
      covered += above.includes(true) && above.includes(false) ? 1 : 0;
    }
    // standard deviation √(0.9375 · 0.0625 / 20,000) = 0.0017
    expect(Math.abs(covered / trials - medianConfidence(5))).toBeLessThan(0.01);
  });
});

describe('chooseBaseline', () => {
  it('is legacy where it ran, else the first strategy', () => {
    const { run } = createSampler();
    const [first, second] = [run({ strategy: 'inventory' }), run({ strategy: 'cte' })];
    expect(chooseBaseline([first, second, run({ strategy: 'legacy' })])).toBe('legacy');
    expect(chooseBaseline([first, second])).toBe('inventory');
  });
});
