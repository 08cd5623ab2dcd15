import { describe, expect, it } from 'vitest';
import { kneeOf } from '#els/compare/knee.js';

const VALUES = [1, 2, 4, 8, 16, 32, 64];

/** The knee of a curve over 1, 2, 4, …, given by its throughputs. */
const knee = (...throughputs: number[]): number | null =>
  kneeOf(
    throughputs.map((throughputPerSecond, position) => ({
      value: VALUES[position] ?? NaN,
      throughputPerSecond,
    })),
  );

describe('kneeOf', () => {
  it('is where a saturating curve comes within 5 % of its best', () => {
    expect(knee(1_000, 2_000, 3_800, 5_000, 5_100, 5_150, 5_120)).toBe(8);
  });

  it.each([
    [949, 4],
    [950, 2],
  ])('begins at 95 % of the best: %d of 1000', (second, expected) => {
    expect(knee(500, second, 1_000, 990)).toBe(expected);
  });

  it('does not exist where the throughput rises to the last step', () => {
    expect(knee(1_000, 2_000, 4_000, 8_000)).toBeNull();
    expect(knee(1_000, 1_060)).toBeNull();
  });

  it('exists where the last step gains 5 % or less', () => {
    expect(knee(500, 1_000, 1_050)).toBe(2);
  });

  it('is the peak of a curve that falls behind it', () => {
    expect(knee(1_000, 3_000, 5_000, 4_000, 2_000)).toBe(4);
  });

  it('is not moved by a single bad step behind it, nor by one before it', () => {
    expect(knee(1_000, 3_000, 5_000, 3_500, 5_100, 5_050)).toBe(4);
    expect(knee(1_000, 400, 5_000, 5_100, 5_050)).toBe(4);
  });

  it('is the first value of a flat or falling curve', () => {
    expect(knee(1_000, 990, 1_010, 1_000)).toBe(1);
    expect(knee(900, 700, 500)).toBe(1);
  });

  it('does not exist for one point or none', () => {
    expect(knee(1_000)).toBeNull();
    expect(knee()).toBeNull();
  });
});
