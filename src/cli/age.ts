import { UsageError } from '../domain/errors.js';

const MILLIS_PER_UNIT: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A parser of ages, in milliseconds.
 *
 * @returns a function that throws UsageError `invalid_age`
 */
export function parseAge(flag: string): (text: string) => number {
  return (text) => {
    const { number, unit = '' } = /^(?<number>\d{1,9})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
    const perUnit = MILLIS_PER_UNIT[unit];
    if (perUnit !== undefined) return Number(number) * perUnit;
    const accepted = 'a whole number of at most 9 digits with its unit, e.g. 90s, 30m, 12h or 1d';
    throw new UsageError('invalid_age', `${flag} is ${JSON.stringify(text)}; accepted: ${accepted}`);
  };
}
