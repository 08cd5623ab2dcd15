import { quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import { SPACINGS, type Slots, type Spacing } from '../domain/load.js';

/** Largest seed. */
export const MAX_SEED = 2 ** 32 - 1;

/** With more, a connection would not be made within the time that it may take. */
export const MAX_RTT_MS = 1_000;
export const RTT_ACCEPTED = `milliseconds from 0 to ${MAX_RTT_MS}`;

/**
 * A parser of whole numbers from 1.
 *
 * @returns a function that throws UsageError `invalid_count`
 */
export function parseCount(flag: string, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
    const accepted =
      most < Number.MAX_SAFE_INTEGER ? `a whole number from 1 to ${most}` : 'a whole number, 1 or more';
    throw new UsageError('invalid_count', `${flag} is ${JSON.stringify(text)}; accepted: ${accepted}`);
  };
}

/** Slots of one batch, at most. */
export const MAX_SLOTS = 1_000_000;
const MOST_DIFFERENT = 100;
export const SLOTS_ACCEPTED = `a whole number from 1 to ${MAX_SLOTS}, or a list of 1 to ${MOST_DIFFERENT} of them`;

/**
 * Reads the value of `--slots`: a number, or several with commas between them.
 *
 * @throws UsageError `invalid_count`
 */
export function parseSlots(text: string): Slots {
  const slots = text.split(',').map((each) => (/^\d+$/.test(each) ? Number(each) : NaN));
  if (slots.length <= MOST_DIFFERENT && slots.every((each) => each >= 1 && each <= MAX_SLOTS)) {
    return slots.length === 1 ? (slots[0] ?? NaN) : slots;
  }
  throw new UsageError('invalid_count', `--slots is ${JSON.stringify(text)}; accepted: ${SLOTS_ACCEPTED}`);
}

/**
 * Reads the value of `--rtt-ms`.
 *
 * @throws UsageError `invalid_rtt`
 */
export function parseRtt(text: string): number {
  const rttMs = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rttMs <= MAX_RTT_MS) return rttMs;
  throw new UsageError('invalid_rtt', `--rtt-ms is ${JSON.stringify(text)}; accepted: ${RTT_ACCEPTED}`);
}

export const WIRE_ACCEPTED = 'true or false';

/**
 * Reads what another place than the command line says of `--wire`.
 *
 * @throws UsageError `invalid_wire`
 */
export function parseWire(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UsageError('invalid_wire', `wire is ${quote(text)}; accepted: ${WIRE_ACCEPTED}`);
}

/**
 * Reads the value of `--spacing`.
 *
 * @throws UsageError `invalid_spacing`
 */
export function parseSpacing(text: string): Spacing {
  const spacing = SPACINGS.find((known) => known === text);
  if (spacing !== undefined) return spacing;
  throw new UsageError('invalid_spacing', `--spacing is ${quote(text)}; accepted: ${SPACINGS.join(', ')}`);
}

/**
 * Reads the value of `--seed`.
 *
 * @throws UsageError `invalid_seed`
 */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= MAX_SEED) return seed;
  throw new UsageError(
    'invalid_seed',
    `--seed is ${JSON.stringify(text)}; accepted: a whole number, 0 to ${MAX_SEED}`,
  );
}

/** A seed of a workload that repeats no other. */
export function drawSeed(): number {
  return Math.floor(Math.random() * (MAX_SEED + 1));
}
