import { describe, expect, it } from 'vitest';
import { estimateShift, pShiftAbove, pShiftBelow, smallestP, sumRanks } from '#els/compare/rank-sum.js';
import { createSampler } from '../report/sample.js';

/** Every choice of so many values. */
function choices(values: readonly number[], count: number): number[][] {
  if (count === 0) return [[]];
  return values.flatMap((value, at) =>
    choices(values.slice(at + 1), count - 1).map((rest) => [value, ...rest]),
  );
}

/** How many pairs have the first sample's value above the second's. */
const pairsAbove = (now: readonly number[], then: readonly number[]): number =>
  now.flatMap((value) => then.filter((other) => value > other)).length;

describe('the rank sum test', () => {
  it('counts the 6 orders of two and two values by hand', () => {
    // of the orders, 1, 1, 2, 1 and 1 have 0, 1, 2, 3 and 4 pairs above
    const samples: [now: number[], then: number[]][] = [
      [
        [3, 4],
        [1, 2],
      ],
      [
        [2, 4],
        [1, 3],
      ],
      [
        [1, 4],
        [2, 3],
      ],
      [
        [1, 3],
        [2, 4],
      ],
      [
        [1, 2],
        [3, 4],
      ],
    ];
    const counts = samples.map(([now, then]) => pShiftAbove(sumRanks(now, then), 0) * 6);
    [1, 2, 4, 5, 6].forEach((orders, at) => expect(counts[at]).toBeCloseTo(orders, 10));
    expect(pShiftBelow(sumRanks([1, 2], [3, 4]), 0) * 6).toBeCloseTo(1, 10);
  });

  it.each([
    [4, 4, 0],
    [5, 5, 2],
    [6, 7, 6],
    [8, 8, 13],
    [10, 10, 23],
    [20, 20, 127],
  ])('of %d and %d values rejects at 0.025 up to U = %d, as tables say', (now, then, critical) => {
    const { cumulative } = sumRanks(Array<number>(now).fill(0), Array<number>(then).fill(0));
    expect(cumulative[critical]).toBeLessThanOrEqual(0.025);
    expect(cumulative[critical + 1]).toBeGreaterThan(0.025);
    expect(cumulative[now * then]).toBeCloseTo(1, 10);
  });

  it('is the share of all relabelings that are as extreme, around any shift', () => {
    const { integer } = createSampler();
    const draw = (count: number): number[] => Array.from({ length: count }, () => integer(1, 2 ** 40));
    for (let repeat = 0; repeat < 50; repeat += 1) {
      const [now, then] = [draw(integer(1, 5)), draw(integer(1, 5))];
      const shift = integer(-(2 ** 39), 2 ** 39) + 0.5;
      const shifted = now.map((value) => value - shift);
      const all = [...shifted, ...then];
      const relabeled = choices(all, now.length).map((chosen) =>
        pairsAbove(
          chosen,
          all.filter((value) => !chosen.includes(value)),
        ),
      );
      const observed = pairsAbove(shifted, then);
      const share = (holds: (pairs: number) => boolean) => relabeled.filter(holds).length / relabeled.length;
      const ranks = sumRanks(now, then);
      expect(pShiftAbove(ranks, shift)).toBeCloseTo(
        share((pairs) => pairs >= observed),
        10,
      );
      expect(pShiftBelow(ranks, shift)).toBeCloseTo(
        share((pairs) => pairs <= observed),
        10,
      );
    }
  });

  it('counts ties against both claims', () => {
    const ranks = sumRanks([1, 1, 1, 1], [1, 1, 1, 1]);
    expect(pShiftAbove(ranks, 0)).toBeCloseTo(1, 10);
    expect(pShiftBelow(ranks, 0)).toBeCloseTo(1, 10);
  });

  it('cannot be surer than one of all orders', () => {
    expect(smallestP(4, 4)).toBeCloseTo(1 / 70, 10);
    expect(smallestP(1, 8)).toBeCloseTo(1 / 9, 10);
    expect(pShiftAbove(sumRanks([5, 6, 7, 8], [1, 2, 3, 4]), 0)).toBeCloseTo(1 / 70, 10);
  });
});

describe('the shift', () => {
  it('is the median of the differences, within the shifts that are not rejected', () => {
    // 5 and 5 values: 3 of 25 differences are left out at each end, with P(U <= 2) = 4/252
    const now = [11, 22, 33, 44, 55];
    const { centre, low, high, confidence } = estimateShift(sumRanks(now, [1, 2, 3, 4, 5]), 0.95);
    expect({ centre, low, high }).toEqual({ centre: 30, low: 8, high: 52 });
    expect(confidence).toBeCloseTo(1 - 8 / 252, 10);
  });

  it('reaches from the least to the most difference where values are too few, and says what that is worth', () => {
    const { low, high, confidence } = estimateShift(sumRanks([5, 7, 9], [1, 2, 3]), 0.95);
    expect({ low, high }).toEqual({ low: 2, high: 8 });
    expect(confidence).toBeCloseTo(1 - 2 / 20, 10);
    expect(estimateShift(sumRanks([5], [1]), 0.95).confidence).toBeCloseTo(0, 10);
  });
});
