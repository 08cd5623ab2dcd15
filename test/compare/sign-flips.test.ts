import { describe, expect, it } from 'vitest';
import { centreInterval, flipSigns, pAbove, pBelow } from '#els/compare/sign-flips.js';
import { createSampler, type Sampler } from '../report/sample.js';

/** Darwin's maize: cross-fertilized less self-fertilized plants, 15 pairs, in eighths of an inch. */
const DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

const normal = ({ integer }: Sampler): number => {
  const uniform = (): number => integer(1, 2 ** 31) / 2 ** 31;
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
};
const draw = (sampler: Sampler, length: number): number[] => Array.from({ length }, () => normal(sampler));

describe('flipSigns', () => {
  it('counts what Fisher counted: 863 of 2^15 flips reach the sum of 314', () => {
    const flips = flipSigns(DARWIN);
    expect(flips.flips).toBe(2 ** 15);
    expect(pAbove(flips, 0) * 2 ** 15).toBe(863);
    expect(pAbove(flipSigns(DARWIN.map((value) => -value)), 0)).toBe(pBelow(flips, 0));
  });

  it('counts the flips whose sum is as large, for any centre', () => {
    const sampler = createSampler();
    for (let repeat = 0; repeat < 100; repeat += 1) {
      const values = draw(sampler, sampler.integer(1, 8));
      const centre = normal(sampler) / 2;
      const shifted = values.map((value) => value - centre);
      const sums = shifted.reduce<number[]>(
        (found, value) => found.flatMap((sum) => [sum + value, sum - value]),
        [0],
      );
      const observed = shifted.reduce((sum, value) => sum + value, 0);
      const flips = flipSigns(values);
      expect(pAbove(flips, centre) * sums.length).toBe(sums.filter((sum) => sum >= observed - 1e-9).length);
      expect(pBelow(flips, centre) * sums.length).toBe(sums.filter((sum) => sum <= observed + 1e-9).length);
    }
  });

  it('cannot be surer than 2^−rounds', () => {
    expect([1, 2, 5, 8].map((rounds) => pAbove(flipSigns(Array<number>(rounds).fill(1)), 0))).toEqual([
      1 / 2,
      1 / 4,
      1 / 32,
      1 / 256,
    ]);
  });

  it('counts ties against both claims', () => {
    const flips = flipSigns([0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
    expect([pAbove(flips, 0.1), pBelow(flips, 0.1)]).toEqual([1, 1]);
  });

  it('turns the signs of more than 16 rounds in blocks of consecutive ones', () => {
    const sampler = createSampler();
    const values = draw(sampler, 16);
    const doubled = flipSigns(values.flatMap((value) => [value, value]));
    expect(doubled.flips).toBe(2 ** 16);
    expect(pAbove(doubled, 0.2)).toBe(pAbove(flipSigns(values), 0.2));
    expect(flipSigns(draw(sampler, 17)).means.every(Number.isFinite)).toBe(true);
  });

  it('is wrong as often as it says, where tails are heavy', () => {
    const sampler = createSampler();
    const trials = 4_000;
    let wrong = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const values = draw(sampler, 8).map((value) => value / Math.abs(normal(sampler)));
      wrong += pAbove(flipSigns(values), 0) <= 6 / 256 ? 1 : 0;
    }
    const expected = 6 / 256;
    const deviation = Math.sqrt((expected * (1 - expected)) / trials);
    expect(Math.abs(wrong / trials - expected)).toBeLessThan(5 * deviation);
  });
});

describe('centreInterval', () => {
  it.each([
    [1, 0],
    [2, 0.5],
    [3, 0.75],
    [5, 0.9375],
  ])('is the range of %d values, with confidence %d', (length, confidence) => {
    const values = draw(createSampler(), length);
    const { low, high, confidence: reached } = centreInterval(flipSigns(values), 0.95);
    expect(reached).toBe(confidence);
    expect(low).toBe(Math.min(...values));
    expect(high).toBe(Math.max(...values));
  });

  it.each([6, 7, 8, 12, 16])('holds the centres that the test does not reject: %d values', (length) => {
    const flips = flipSigns(draw(createSampler(), length));
    const { low, high, confidence } = centreInterval(flips, 0.95);
    const step = 1e-6;
    expect(confidence).toBeGreaterThanOrEqual(0.95);
    expect(pAbove(flips, low - step)).toBeLessThanOrEqual(0.025);
    expect(pAbove(flips, low + step)).toBeGreaterThan(0.025);
    expect(pBelow(flips, high + step)).toBeLessThanOrEqual(0.025);
    expect(pBelow(flips, high - step)).toBeGreaterThan(0.025);
  });

  it('holds the true centre as often as it says', () => {
    const sampler = createSampler();
    const trials = 4_000;
    let held = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const { low, high } = centreInterval(flipSigns(draw(sampler, 8)), 0.95);
      held += low <= 0 && 0 <= high ? 1 : 0;
    }
    const expected = 1 - 12 / 256;
    expect(Math.abs(held / trials - expected)).toBeLessThan(
      5 * Math.sqrt((expected * (1 - expected)) / trials),
    );
  });
});
