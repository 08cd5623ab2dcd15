import { describe, expect, it } from 'vitest';
import { mulberry32, shuffle } from '#els/base/random.js';
import { forRandomDraws } from '../support/draws.js';

describe('mulberry32', () => {
  // Computed by an independent implementation with whole-number arithmetic modulo 2^32.
  it.each([
    [0, [1144304738, 1416247, 958946056, 627933444]],
    [1, [2693262067, 11749833, 2265367787, 4213581821]],
    [0xffffffff, [3850105811, 813802916, 3073704848, 4054706436]],
    [123456789, [1107202814, 4169434471, 3372958138, 885470128]],
  ])('gives the published sequence for seed %i', (seed, expected) => {
    const random = mulberry32(seed);
    expect(expected.map(() => random() * 2 ** 32)).toEqual(expected);
  });
});

describe('shuffle', () => {
  it('keeps every item', () => {
    forRandomDraws(50, (draw) => {
      const size = draw.integer(0, 500);
      const items = Uint32Array.from({ length: size }, (_, i) => i);
      shuffle(items, mulberry32(draw.integer(0, 1_000_000)));
      expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    });
  });

  it('reaches every order of three items about equally often', () => {
    const random = mulberry32(7);
    const seen = new Map<string, number>();
    for (let round = 0; round < 6_000; round += 1) {
      const items = Uint32Array.of(0, 1, 2);
      shuffle(items, random);
      seen.set(items.join(), (seen.get(items.join()) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    // 1000 expected; 5 standard deviations of a binomial count are 144. The seed is fixed.
    for (const count of seen.values()) expect(Math.abs(count - 1_000)).toBeLessThan(144);
  });
});
