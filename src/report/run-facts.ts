import type { LatencyMicros, RunResult } from '../domain/run-result.js';
import { formatCount, formatMicros, formatNumber, plural, slotsText } from './format.js';
import { hang, tableLines, wrapParts } from './layout.js';
import { loadParts } from './load-parts.js';
import { arrivalParts, limitParts, skippedParts } from './open-loop.js';
import type { Style } from './style.js';
import { colourSuccess } from './success.js';

const LABEL_WIDTH = 14;
const SHOWN = ['mean', 'p50', 'p90', 'p95', 'p99', 'max'] as const;

/** The shape of the load, so that a figure can be read and the run repeated. */
export function planLines({ plan, workers, connections }: RunResult, { colours, width }: Style): string[] {
  const parts = [
    `${plural(workers, 'worker')} × ${plural(connections, 'connection')}`,
    `${plural(plan.batches, 'batch', 'batches')} × ${slotsText(plan.slots)}`,
    `${plural(plan.contents, 'content')} × ${plural(plan.deliveries, 'delivery', 'deliveries')}`,
    ...arrivalParts(plan),
    ...loadParts([plan]),
    `seed ${plan.seed}`,
  ];
  return wrapParts(parts, ' · ', width).map((line) => colours.dim(line));
}

/** How the calls ended, and what became of the batches. */
export function outcomeLines(run: RunResult, style: Style): string[] {
  return [
    ...fact(
      'success',
      [colourSuccess(run, style.colours), ...outcomeParts(run), ...skippedParts(run)],
      style,
    ),
    ...fact(
      'errors',
      countParts(run.errorsByCode).map((part) => style.colours.red(part)),
      style,
    ),
    ...fact(
      'retries',
      countParts(run.retriesByCode).map((part) => style.colours.yellow(part)),
      style,
    ),
    ...fact('attempts', attemptParts(run), style),
    ...fact('limit', limitParts(run), style),
    ...(run.redeliveries > 0 ? fact('redelivered', [plural(run.redeliveries, 'call')], style) : []),
    ...fact('batches', batchParts(run), style),
  ];
}

/** What the database says of the batches, where it was asked. */
function batchParts({ batchTotals, plan }: RunResult): string[] {
  if (batchTotals === null) return ['the database was not asked'];
  const { taken, available, completed, completionEvents } = batchTotals;
  return [
    ...(completed === undefined ? [] : [`${formatCount(completed)}/${formatCount(plan.batches)} completed`]),
    ...(completionEvents === undefined ? [] : [plural(completionEvents, 'completion event')]),
    ...(taken === undefined ? [] : [`${plural(taken, 'slot')} taken`]),
    ...(available === undefined ? [] : [`${plural(available, 'slot')} free`]),
  ];
}

/** What the assignments cost: time on the whole, round trips, WAL, CPU of the tool itself. */
export function costLines(run: RunResult, style: Style): string[] {
  const { roundTripsPerAssignment, walBytesPerAssignment } = run.cost;
  const trips = Number.isNaN(roundTripsPerAssignment)
    ? []
    : [`${formatNumber(roundTripsPerAssignment)} round trips`];
  const wal = walBytesPerAssignment === null ? [] : [`${formatNumber(walBytesPerAssignment)} bytes of WAL`];
  const work = serverParts(run.cost);
  const cpu = `client ${formatMicros(run.client.cpuMicrosPerCall)} CPU`;
  const due = run.duePerSecond === undefined ? '' : ` of ${formatNumber(run.duePerSecond)}/s due`;
  const counted = Object.entries(run.counters).map(([name, count]) => `${name} ${formatCount(count)}`);
  const took = `${plural(run.assignments, 'call')} in ${formatMicros(run.durationMs * 1000)}`;
  return [
    ...fact('throughput', [`${formatNumber(run.throughputPerSecond)}/s${due}`, took], style),
    ...fact('each call', [...trips, ...wal, ...work, cpu], style),
    ...(counted.length > 0 ? fact('counters', counted, style) : []),
  ];
}

/** What pg_stat_statements told, where it could be read. */
function serverParts(cost: RunResult['cost']): string[] {
  const { serverExecutionMicrosPerAssignment: execution } = cost;
  const { buffersHitPerAssignment: hit, buffersDirtiedPerAssignment: dirtied } = cost;
  if (execution === null || hit === null || dirtied === null) return [];
  return [
    `server ${formatMicros(execution)} execution`,
    `${formatNumber(hit)} buffers hit, ${formatNumber(dirtied)} dirtied`,
  ];
}

/** Latency from the intended start; where that is not the real one, also the time from there on, and how late it was. */
export function latencyLines(run: RunResult, { colours }: Style): string[] {
  const rows: [string, LatencyMicros][] = [['latency', run.latencyMicros]];
  if (run.plan.arrival !== 'closed') rows.push(['service time', run.serviceTimeMicros]);
  if (run.scheduleLagMicros !== undefined) rows.push(['schedule lag', run.scheduleLagMicros]);
  const labels = { head: '', cells: rows.map(([label]) => label.padEnd(LABEL_WIDTH - 2)) };
  const figures = SHOWN.map((name) => ({
    head: colours.dim(name.padStart(7)),
    cells: rows.map(([, latency]) => formatMicros(latency[name])),
  }));
  return tableLines([labels, ...figures]);
}

/** Where more was tried than calls were made. */
function attemptParts({ assignments, attempts, warmUpCalls }: RunResult): string[] {
  const warmUp = warmUpCalls > 0 ? [`${plural(warmUpCalls, 'call')} before to warm up, not counted`] : [];
  return attempts > assignments || warmUpCalls > 0 ? [plural(attempts, 'attempt'), ...warmUp] : [];
}

function outcomeParts({ outcomes }: RunResult): string[] {
  const { created, reused, assigned, noSlot, error, unknown, recovered } = outcomes;
  return countParts({
    created,
    reused,
    ...(assigned > 0 && { assigned }),
    no_slot: noSlot,
    error,
    ...(unknown > 0 && { unknown }),
    ...(recovered > 0 && { recovered }),
  });
}

function countParts(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).map(([name, count]) => `${name} ${formatCount(count)}`);
}

/** A labelled fact; no line when it has no part. */
function fact(label: string, parts: readonly string[], { width }: Style): string[] {
  return hang(label.padEnd(LABEL_WIDTH), wrapParts(parts, ' · ', width - LABEL_WIDTH));
}
