import { describe, expect, it } from 'vitest';
import { newHistogram, record, toDistribution } from '#els/runner/latency.js';

/** Latencies of 1,000, 2,000, … µs. */
function distributionOf(calls: number) {
  const histogram = newHistogram();
  for (let index = 1; index <= calls; index++) record(histogram, index * 1_000);
  return toDistribution(histogram);
}

describe('the percentile curve of a latency', () => {
  it('reads each percentile to the histogram’s three digits', () => {
    const calls = 20_000;
    for (const { percentile, micros } of distributionOf(calls)) {
      const exact = Math.max(1, Math.ceil((percentile / 100) * calls)) * 1_000;
      expect(Math.abs(micros - exact) / exact).toBeLessThan(0.002);
    }
  });

  it('has 8 points for each tenfold fewer calls beyond: 0, …, 90, …, 99, …', () => {
    const percentiles = distributionOf(20_000).map(({ percentile }) => percentile);
    expect([0, 8, 16, 24, 32].map((index) => percentiles[index])).toEqual([0, 90, 99, 99.9, 99.99]);
  });

  it.each([
    [1, 0],
    [20, 90],
    [100, 99],
    [999, 99],
    [1_000, 99.9],
  ])('of %i calls ends no sooner than at p%d and with a call beyond', (calls, reached) => {
    const last = distributionOf(calls).at(-1)?.percentile ?? NaN;
    expect(last).toBeGreaterThanOrEqual(reached);
    expect((1 - last / 100) * calls).toBeGreaterThan(1 - 1e-9 * calls);
  });

  it('is empty where nothing was recorded', () => {
    expect(distributionOf(0)).toEqual([]);
  });
});
