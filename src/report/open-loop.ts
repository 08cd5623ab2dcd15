import type { Row } from '../domain/rows.js';
import type { RunResult } from '../domain/run-result.js';
import type { Stage } from '../domain/scenario.js';
import { formatCount, formatMicros } from './format.js';
import type { Column } from './layout.js';
import { medianOf, rangeCell } from './row-figures.js';

type ArrivalPlan = Pick<RunResult['plan'], 'arrival' | 'rate' | 'spacing' | 'stages' | 'latencyLimitMs'>;

/**
 * How calls arrive, e.g. `open loop at 500/s`, `poisson`, `latency limit 50.0ms`.
 *
 * @param pace the rate as it is shown, where that is not the plan's alone
 */
export function arrivalParts(plan: ArrivalPlan, pace = formatCount(plan.rate ?? NaN)): string[] {
  const { arrival, spacing, stages = [], latencyLimitMs } = plan;
  if (arrival === 'burst') return ['burst'];
  if (arrival === 'closed') return ['closed loop'];
  return [
    `open loop at ${pace}/s`,
    ...stages.map(stageText),
    `${spacing}`,
    ...(latencyLimitMs === undefined ? [] : [`latency limit ${formatMicros(latencyLimitMs * 1_000)}`]),
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
