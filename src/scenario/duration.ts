import { quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';

const MILLIS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
]);

const MAX_MILLIS = 24 * 3_600_000;

/** What `parseDuration` accepts, for messages. */
export const DURATION_ACCEPTED = '250ms, 5s, 1m or plain seconds, from 1ms to 24 hours (1440m)';

/** Whether a run may last this long: 1 millisecond to 24 hours. */
export function isRunTime(millis: number): boolean {
  return millis >= 1 && millis <= MAX_MILLIS;
}

/** The whole milliseconds that a text such as `5s` names, or undefined where it is no duration of a run. */
export function durationMillis(text: string): number | undefined {
  const { number, unit } = /^(?<number>\d+(?:\.\d+)?)(?<unit>ms|s|m)?$/.exec(text)?.groups ?? {};
  const millis = Number(number) * (MILLIS_PER_UNIT.get(unit ?? 's') ?? NaN);
  return isRunTime(millis) ? Math.round(millis) : undefined;
}

/**
 * Reads the value of `--duration`: `250ms`, `5s`, `1m`, or a plain number of seconds as pgbench takes it.
 *
 * @returns whole milliseconds
 * @throws UsageError `invalid_duration`
 */
export const parseDuration = parseDurationOf('--duration', 'invalid_duration');

/** The deadline of one call where nobody gives another. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Reads the value of `--timeout`.
 *
 * @returns whole milliseconds
 * @throws UsageError `invalid_timeout`
 */
export const parseTimeout = parseDurationOf('--timeout', 'invalid_timeout');

/**
 * A parser of durations for another flag.
 *
 * @param code of the UsageError that it throws
 */
export function parseDurationOf(flag: string, code: string): (text: string) => number {
  return (text) => {
    const millis = durationMillis(text);
    if (millis !== undefined) return millis;
    throw new UsageError(code, `${flag} is ${quote(text)}; accepted: ${DURATION_ACCEPTED}`);
  };
}
