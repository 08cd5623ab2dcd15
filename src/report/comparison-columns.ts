import type { ChalkInstance } from 'chalk';
import type { Row } from '../domain/rows.js';
import { strategyLabel } from '../domain/rows.js';
import type { Comparison, RunResult } from '../domain/run-result.js';
import { worstVerdict } from '../domain/verdict.js';
import { worstSuccess } from './comparison-rows.js';
import { formatMicros, formatNumber, keepEnd, MISSING } from './format.js';
import type { Column } from './layout.js';
import { colourVerdict, mark } from './marks.js';
import { openLoopColumns } from './open-loop.js';
import { ratioCell } from './ratio-cell.js';
import { medianOf, rangeCell } from './row-figures.js';
import { colourSuccess } from './success.js';

const LATENCIES = ['mean', 'p50', 'p95', 'p99'] as const;
const LONGEST_STRATEGY = 20;

/** The columns of one scenario's table; what belongs together is one group. */
export interface ComparisonTable {
  readonly strategies: Column;
  readonly groups: readonly (readonly Column[])[];
}

type MakeColumn = (head: string, cell: (row: Row) => string) => Column;

/** The table of one scenario, a cell for each row: medians over the rounds, but the worst round's successes. */
export function comparisonTable(
  rows: readonly Row[],
  comparison: Comparison | undefined,
  colours: ChalkInstance,
): ComparisonTable {
  const column: MakeColumn = (head, cell) => ({ head: colours.dim(head), cells: rows.map(cell) });
  return {
    strategies: column('strategy', (row) => keepEnd(strategyLabel(row), LONGEST_STRATEGY)),
    groups: [
      outcomeColumns(column, colours),
      figureColumns(column),
      openLoopColumns(rows, (head, cells) => ({ head: colours.dim(head), cells })),
      costColumns(column),
      [...ratioColumns(column, rows, comparison), ...judgementColumns(column, colours)],
    ],
  };
}

function outcomeColumns(column: MakeColumn, colours: ChalkInstance): Column[] {
  return [
    column('success', (row) => colourSuccess(worstSuccess(row), colours)),
    column('created', (row) => rangeCell(row, (run) => run.outcomes.created)),
  ];
}

function figureColumns(column: MakeColumn): Column[] {
  const figure = figureOf(column);
  return [
    ...LATENCIES.map((name) => figure(name, formatMicros, (run) => run.latencyMicros[name])),
    figure('per s', formatNumber, (run) => run.throughputPerSecond),
    figure('trips', formatNumber, (run) => run.cost.roundTripsPerAssignment),
  ];
}

/** What an assignment cost the server. */
function costColumns(column: MakeColumn): Column[] {
  const figure = figureOf(column);
  return [
    figure('server', formatMicros, ({ cost }) => cost.serverExecutionMicrosPerAssignment ?? NaN),
    figure('hit', formatNumber, ({ cost }) => cost.buffersHitPerAssignment ?? NaN),
    figure('dirtied', formatNumber, ({ cost }) => cost.buffersDirtiedPerAssignment ?? NaN),
    figure('WAL', formatNumber, ({ cost }) => cost.walBytesPerAssignment ?? NaN),
  ];
}

/** Makes columns of medians over the rounds. */
function figureOf(column: MakeColumn) {
  return (head: string, format: (value: number) => string, read: (run: RunResult) => number): Column =>
    column(head, (row) => format(medianOf(row, read)));
}

function ratioColumns(
  column: MakeColumn,
  rows: readonly Row[],
  comparison: Comparison | undefined,
): Column[] {
  if (comparison === undefined) {
    return [];
  }
  return [
    column('× per s', (row) => ratioCell(row, rows, 'throughput', comparison)),
    column('× p95', (row) => ratioCell(row, rows, 'p95', comparison)),
  ];
}

function judgementColumns(column: MakeColumn, colours: ChalkInstance): Column[] {
  return [
    column('gates', (row) => gatesCell(row, colours)),
    column('verdict', (row) => colourVerdict(worstVerdict(row.runs), colours)),
  ];
}

/** How many gates of all rounds passed. */
export function gatesCell({ runs }: Pick<Row, 'runs'>, colours: ChalkInstance): string {
  const gates = runs.flatMap((run) => run.gates);
  const passed = gates.filter((gate) => gate.passed).length;
  return gates.length === 0 ? MISSING : `${mark(passed === gates.length, colours)} ${passed}/${gates.length}`;
}
