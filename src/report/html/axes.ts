import { scaleLinear, scaleLog } from 'd3-scale';
import { formatMicros, formatNumber } from '../format.js';

export interface Tick {
  readonly position: number;
  readonly label: string;
}

/** Where values stand along one direction of a chart. */
export interface Axis {
  /** Pixels of a value. */
  readonly at: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** From the pixel of the lowest value to that of the highest. */
export type Span = readonly [from: number, to: number];

type Format = (value: number) => string;

const WANTED_TICKS = 5;
const MOST_LOG_TICKS = 7;

/** An axis from `lowest` to the next round value above all values. */
export function linearAxis(
  lowest: number,
  values: readonly number[],
  span: Span,
  format: Format,
  niced = true,
): Axis {
  const scale = scaleLinear([lowest, Math.max(...values, lowest + Number.EPSILON)], span);
  if (niced) scale.nice(WANTED_TICKS);
  return toAxis(scale, scale.ticks(WANTED_TICKS), format);
}

/** A logarithmic axis around positive values, its ends and ticks at 1, 2 or 5 times a power of ten. */
export function logAxis(values: readonly number[], span: Span, format: Format): Axis {
  const lowest = roundDown(Math.min(...values));
  const highest = Math.max(roundUp(Math.max(...values)), lowest * 2);
  return toAxis(scaleLog([lowest, highest], span), logTicks(lowest, highest), format);
}

/** As many as may be of those at 1, 2 and 5, at 1 and 5, or at 1. */
function logTicks(lowest: number, highest: number): number[] {
  const powers: number[] = [];
  for (let power = powerBelow(lowest); power <= highest; power *= 10) powers.push(power);
  const ticksAt = (steps: readonly number[]) =>
    powers
      .flatMap((power) => steps.map((step) => step * power))
      .filter((tick) => tick > lowest * 0.999 && tick < highest * 1.001);
  const choices = [ticksAt([1, 2, 5]), ticksAt([1, 5])];
  return choices.find((ticks) => ticks.length <= MOST_LOG_TICKS) ?? ticksAt([1]);
}

/** An axis whose ticks are given. */
export function fixedAxis(domain: Span, span: Span, ticks: readonly (readonly [number, string])[]): Axis {
  const scale = scaleLinear(domain, span);
  return { at: scale, ticks: ticks.map(([value, label]) => ({ position: scale(value), label })) };
}

/** A round duration as short as may be: `2ms`, not `2.00ms`. */
export function formatTickMicros(micros: number): string {
  return formatMicros(micros).replace(/\.0+(?=\D)/, '');
}

/** A round number as short as may be. */
export function formatTick(value: number): string {
  return formatNumber(value).replace(/\.0+$|(\.\d*[1-9])0+$/, '$1');
}

function toAxis(scale: (value: number) => number, ticks: readonly number[], format: Format): Axis {
  return { at: scale, ticks: ticks.map((value) => ({ position: scale(value), label: format(value) })) };
}

function roundDown(value: number): number {
  const power = powerBelow(value);
  return power * ([5, 2].find((step) => value >= step * power * 0.999) ?? 1);
}

function roundUp(value: number): number {
  const power = powerBelow(value);
  return power * ([1, 2, 5].find((step) => value <= step * power * 1.001) ?? 10);
}

function powerBelow(value: number): number {
  return 10 ** Math.floor(Math.log10(value) + 1e-9);
}
