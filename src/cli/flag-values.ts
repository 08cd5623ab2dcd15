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
