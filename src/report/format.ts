import type { Slots } from '../domain/load.js';
import { escapeInvisible } from '../base/wording.js';

/** Stands for a value that was not measured. */
export const MISSING = '–';

/** A duration in microseconds, for people: `73µs`, `4.21ms`, `12.3s`; `–` when it was not measured. */
export function formatMicros(micros: number): string {
  if (!Number.isFinite(micros)) {
    return MISSING;
  }
  if (Math.round(micros) < 1000) {
    return `${Math.round(micros)}µs`;
  }
  const millis = micros / 1000;
  return Math.round(millis) < 1000 ? `${threeDigits(millis)}ms` : `${threeDigits(millis / 1000)}s`;
}

/** A whole count with thousands separators: `12,345`. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? Math.round(count).toLocaleString('en-US') : MISSING;
}

/** A measured number to three digits, from 1,000 on as a whole number, below 0.1 to two: `8,012`, `1.02`, `0.034`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) {
    return MISSING;
  }
  return Math.round(value) < 1000 ? threeDigits(value) : formatCount(value);
}

/** A ratio near one to two decimals, a small one to two digits: `2.71`, `0.034`. */
export function formatRatio(ratio: number): string {
  return ratio < 0.1 ? ratio.toPrecision(2) : formatNumber(ratio);
}

/** A count with its noun: `1 round`, `3 rounds`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

/** Shortens a long text (the path of a custom strategy) to its last characters. */
export function keepEnd(text: string, length: number): string {
  return text.length <= length ? text : `…${text.slice(1 - length)}`;
}

/** A value of a witness row; text with blanks or control characters is quoted, so nothing acts on the terminal. */
export function formatValue(value: string | number | boolean | null): string {
  return typeof value === 'string' && /^[^\s\p{C}"]+$/u.test(value)
    ? value
    : escapeInvisible(JSON.stringify(value));
}

function threeDigits(value: number): string {
  if (value > 0 && value < 0.1) {
    return value.toPrecision(2);
  }
  if (value < 9.995) {
    return value.toFixed(2);
  }
  return value.toFixed(value < 99.95 ? 1 : 0);
}

/** `15 slots`; of a list that is repeated over the batches `2, 30 slots`. */
export function slotsText(slots: Slots): string {
  return typeof slots === 'number' ? plural(slots, 'slot') : `${slots.join(', ')} slots`;
}
