import type { ChalkInstance } from 'chalk';
import type { CallCounts, IntervalView, LoadView } from '../domain/load-view.js';
import { formatCount, formatMicros, formatNumber } from './format.js';

const BAR_COLUMNS = 24;

/** A registration under way in one line. */
export function registrationLine(slots: number, total: number): string {
  return `  registered ${formatCount(slots)} of ${formatCount(total)} slots`;
}

/** A load under way in the few lines of a running display. */
export function loadRegion(view: LoadView, colours: ChalkInstance): string[] {
  const { share, elapsedMs, latest, unreachableMs } = view;
  const full = Math.round(share * BAR_COLUMNS);
  const bar = colours.cyan('█'.repeat(full)) + colours.dim('░'.repeat(BAR_COLUMNS - full));
  return [
    `  ${bar} ${Math.floor(share * 100)}% · ${seconds(elapsedMs)}`,
    latest === undefined ? colours.dim('  measuring …') : `  ${pace(latest, unreachableMs, colours)}`,
    `  ${counts(view, colours)}`,
  ];
}

/**
 * One interval of a load in one line.
 *
 * @param unreachableMs of the load, where no server answers it
 */
export function intervalLine(
  interval: IntervalView,
  colours: ChalkInstance,
  unreachableMs: number | undefined,
): string {
  const parts = [seconds(interval.endMs), pace(interval, unreachableMs, colours), counts(interval, colours)];
  return `  ${parts.join(' · ')}`;
}

/** No pace is told of a server that nobody reaches: none would be its. */
function pace(
  { callsPerSecond, askedPerSecond, p50Micros, p99Micros }: IntervalView,
  unreachableMs: number | undefined,
  colours: ChalkInstance,
): string {
  if (unreachableMs !== undefined)
    return colours.red(`server unreachable for ${Math.floor(unreachableMs / 1_000)} s`);
  const asked = askedPerSecond === undefined ? '' : ` of ${formatCount(askedPerSecond)} asked`;
  return `${formatNumber(callsPerSecond)} per s${asked} · p50 ${formatMicros(p50Micros)} · p99 ${formatMicros(p99Micros)}`;
}

/** The outcomes that there are, `created` always; with errors their codes. */
function counts({ outcomes, errorsByCode, skipped }: CallCounts, colours: ChalkInstance): string {
  const { created, reused, assigned, no_slot, error, unknown } = outcomes;
  const some = Object.entries({ reused, assigned, no_slot, unknown, skipped }).filter(
    ([, count]) => count > 0,
  );
  const shown = [['created', created] as const, ...some].map(
    ([name, count]) => `${name} ${formatCount(count)}`,
  );
  if (error === 0) return shown.join(' · ');
  const codes = Object.entries(errorsByCode).map(([code, count]) => `${code} ${formatCount(count)}`);
  return [...shown, colours.red(`error ${formatCount(error)} (${codes.join(', ')})`)].join(' · ');
}

function seconds(millis: number): string {
  return `${(millis / 1_000).toFixed(1)}s`;
}
