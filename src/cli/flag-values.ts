import { parseDuration } from '../app/scenarios.js';
import { UsageError } from '../domain/errors.js';

/** A parser of whole numbers from 1. */
export function parseCount(flag: string, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
    const accepted =
      most < Number.MAX_SAFE_INTEGER ? `a whole number from 1 to ${most}` : 'a whole number, 1 or more';
    throw new UsageError('invalid_count', `${flag} is ${JSON.stringify(text)}; accepted: ${accepted}`);
  };
}

const MILLIS_PER_UNIT: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A parser of ages, in milliseconds. */
export function parseAge(flag: string): (text: string) => number {
  return (text) => {
    const { number, unit = '' } = /^(?<number>\d{1,9})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
    const perUnit = MILLIS_PER_UNIT[unit];
    if (perUnit !== undefined) return Number(number) * perUnit;
    const accepted = 'a whole number with its unit, e.g. 90s, 30m, 12h or 1d';
    throw new UsageError('invalid_age', `${flag} is ${JSON.stringify(text)}; accepted: ${accepted}`);
  };
}

/** A parser of durations, as `--duration` takes them, whose refusal names another flag. */
export function parseDurationOf(flag: string, code: string): (text: string) => number {
  return (text) => {
    try {
      return parseDuration(text);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(code, error.message.replace('--duration', flag), { cause: error });
    }
  };
}
