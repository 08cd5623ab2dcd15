import type { RolloutMigration, RolloutPhase, RolloutSummary, RolloutSwitch } from '../domain/rollout.js';
import { formatCount, formatMicros, formatNumber, MISSING } from './format.js';
import type { Column } from './layout.js';

/** Before, during and after each switch: what callers met. */
export function phaseTable(phases: readonly RolloutPhase[]): Column[] {
  const column = columnsOf(phases);
  return [
    column('phase', phaseName),
    column('from', ({ fromMs }) => formatMillis(fromMs)),
    column('to', ({ toMs }) => formatMillis(toMs)),
    column('calls', ({ calls }) => formatCount(calls)),
    column('per s', ({ throughputPerSecond }) => formatNumber(throughputPerSecond)),
    column('p50', ({ latencyMicros }) => formatMicros(latencyMicros.p50)),
    column('p95', ({ latencyMicros }) => formatMicros(latencyMicros.p95)),
    column('p99', ({ latencyMicros }) => formatMicros(latencyMicros.p99)),
  ];
}

/** What each switch took, and the longest call meanwhile. */
export function switchTable(switches: readonly RolloutSwitch[]): Column[] {
  const column = columnsOf(switches);
  const ofMigration = (head: string, cell: (migration: RolloutMigration) => string) =>
    column(head, ({ migration }) => (migration === null ? MISSING : cell(migration)));
  return [
    column('switch', switchName),
    column('at', ({ startMs }) => formatMillis(startMs)),
    column('workers', ({ changeMs }) => formatMillis(changeMs)),
    ofMigration('migration', ({ tookMs }) => formatMillis(tookMs)),
    ofMigration('batches', ({ batches }) => formatCount(batches)),
    ofMigration('slots', ({ slots }) => formatCount(slots)),
    ofMigration('batch paused', ({ longestPauseMs }) => formatMillis(longestPauseMs)),
    column('caller waited', ({ longestCallMicros }) => formatMicros(longestCallMicros)),
  ];
}

/** `cte → ./mine.sql` */
export function switchName({ from, to }: Pick<RolloutSwitch, 'from' | 'to'>): string {
  return `${from} → ${to}`;
}

/** The answer of `compare --rollout` in one line. */
export function summaryText({ longestCallMicros, longestPauseMs }: RolloutSummary): string {
  const ofBatch = Number.isFinite(longestPauseMs)
    ? `; a batch paused for ${formatMillis(longestPauseMs)} at most`
    : '';
  return `while strategies were switched, a caller waited for ${formatMicros(longestCallMicros)} at most${ofBatch}`;
}

function phaseName({ strategy, switchedFrom }: RolloutPhase): string {
  return switchedFrom === null ? strategy : switchName({ from: switchedFrom, to: strategy });
}

function columnsOf<T>(rows: readonly T[]) {
  return (head: string, cell: (row: T) => string): Column => ({ head, cells: rows.map(cell) });
}

function formatMillis(millis: number): string {
  return formatMicros(millis * 1_000);
}
