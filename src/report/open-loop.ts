import type { Row } from '../domain/rows.js';
import type { RunResult } from '../domain/run-result.js';
import type { Stage } from '../domain/load.js';
import { formatCount, formatMicros } from './format.js';
import type { Column } from './layout.js';
import { openLoopParts, type SaidLoad } from './load-parts.js';
import { countRange, medianOf, rangeCell } from './row-figures.js';

type Arriving = Pick<RunResult['plan'], 'arrival' | 'rate' | 'spacing' | 'stages'> & SaidLoad;

/**
 * How calls arrive, e.g. `open loop at 500/s`, `poisson`, `latency limit 50.0ms`.
 *
 * @param loads all of a sweep that it is the first of, which differ in one count
 */
export function arrivalParts(load: Arriving, loads: readonly Arriving[] = [load]): string[] {
  const { arrival, spacing, stages = [] } = load;
  if (arrival === 'burst') return ['burst'];
  if (arrival === 'closed') return ['closed loop'];
  return [
    `open loop at ${countRange(loads.map(({ rate }) => rate ?? NaN))}/s`,
    ...stages.map(stageText),
    `${spacing}`,
    ...openLoopParts(loads),
  ];
}

function stageText({ rate, durationMs }: Stage): string {
  return `to ${formatCount(rate)}/s ${durationMs === 0 ? 'at once' : `in ${durationMs / 1_000} s`}`;
}

/** How calls kept to the latency limit; none where there is none. */
export function limitParts({ plan, late }: RunResult): string[] {
  if (late === undefined) return [];
  const limit = formatMicros((plan.latencyLimitMs ?? NaN) * 1_000);
  return [`${limit} from the intended start`, `late ${formatCount(late)}`];
}

/** How many calls were never made and so count nowhere else; none where there is no latency limit. */
export function skippedParts({ assignments, skipped }: RunResult): string[] {
  if (skipped === undefined) return [];
  return [`skipped ${formatCount(skipped)} of ${formatCount(assignments + skipped)} calls due`];
}

/** Columns that loads of another arrival do not have: what the latency limit cost, and how late calls started. */
export function openLoopColumns(
  rows: readonly Pick<Row, 'runs'>[],
  column: (head: string, cells: readonly string[]) => Column,
): Column[] {
  const runs = rows.flatMap((row) => row.runs);
  const counts = (head: 'late' | 'skipped') =>
    column(
      head,
      rows.map((row) => rangeCell(row, (run) => run[head] ?? NaN)),
    );
  const lag = (row: Pick<Row, 'runs'>) => medianOf(row, (run) => run.scheduleLagMicros?.p95 ?? NaN);
  return [
    ...(runs.some(({ late }) => late !== undefined) ? [counts('late'), counts('skipped')] : []),
    ...(runs.some(({ scheduleLagMicros }) => scheduleLagMicros !== undefined)
      ? [
          column(
            'lag p95',
            rows.map((row) => formatMicros(lag(row))),
          ),
        ]
      : []),
  ];
}
