import { describe, expect, it } from 'vitest';
import { parseCount, parseSlots } from '#els/scenario/flag-values.js';

describe('a count', () => {
  it.each(['0', '-1', '1.5', 'abc', '1e3', '', ' 3', '0x1', '65', '9007199254740993'])(
    'is refused where it is %j',
    (given) => {
      const parse = parseCount('--workers', 64);
      expect(() => parse(given)).toThrow(
        expect.objectContaining({
          code: 'invalid_count',
          message: `--workers is "${given}"; accepted: a whole number from 1 to 64`,
        }) as Error,
      );
    },
  );

  it.each([
    ['1', 1],
    ['007', 7],
    ['64', 64],
  ])('is taken where it is %j', (given, count) => {
    expect(parseCount('--workers', 64)(given)).toBe(count);
  });

  it('names no bound where it has none', () => {
    expect(() => parseCount('--max-schedules')('0')).toThrow('accepted: a whole number, 1 or more');
    expect(parseCount('--max-schedules')(String(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('--slots', () => {
  it.each([
    ['5', 5],
    ['2,30', [2, 30]],
    ['1000000,1', [1_000_000, 1]],
  ])('takes %j', (given, slots) => {
    expect(parseSlots(given)).toEqual(slots);
  });

  it.each(['', '0', '2,', ',2', '2, 3', '2,0', '1000001', '1.5', Array(101).fill(1).join()])(
    'refuses %j',
    (given) => {
      expect(() => parseSlots(given)).toThrow(
        `--slots is ${JSON.stringify(given)}; accepted: a whole number from 1 to 1000000, or a list of 1 to 100 of them`,
      );
    },
  );
});
