import { rowName } from '../../domain/rows.js';
import type { Report, RunResult } from '../../domain/run-result.js';
import type { Sweep } from '../../domain/sweep.js';
import { formatCount, formatMicros, formatNumber } from '../format.js';
import { bottleneckOf, kneeText } from '../sweep-answers.js';
import { sweepTable } from '../sweep-columns.js';
import { shapeParts } from '../sweep-shape.js';
import { formatTick, formatTickMicros, linearAxis, logAxis, type Axis } from './axes.js';
import { judgements } from './judgements.js';
import { ACROSS, lineChart, UPWARDS, type LineChart, type Series } from './line-chart.js';
import { html, type Markup } from './markup.js';
import { PLAIN } from './plain.js';
import type { ClassOf } from './strategy-colours.js';
import { dataTable, rowClass } from './tables.js';

/** From this ratio of the largest value to the smallest on, values stand on a logarithmic axis. */
const LOG_FROM = 8;
const PERCENTILES = [
  ['p99', 'faint'],
  ['p95', 'strong'],
  ['p50', 'dotted'],
] as const;

/** A sweep: where the knee is, throughput and latency by the swept parameter, and a row for each step. */
export function sweepSection(sweep: Sweep, { runs }: Report, classOf: ClassOf): Markup {
  const [first] = runs;
  if (first === undefined) return html``;
  return html`<section>
    <h2>${rowName(first)} · sweep of ${sweep.parameter}</h2>
    <p class="about">${shapeParts(runs).join(' · ')}</p>
    <dl>
      <dt>Knee</dt>
      <dd>${kneeText(sweep, runs)}</dd>
      <dt>Load generator</dt>
      <dd>${bottleneckOf(sweep)}</dd>
    </dl>
    <div class="charts">
      ${throughputChart(sweep, runs, classOf(first))} ${latencyChart(sweep, runs, classOf(first))}
    </div>
    ${stepTable(sweep, runs)} ${judgements(runs)}
  </section> `;
}

function throughputChart(sweep: Sweep, runs: readonly RunResult[], classes: string): Markup {
  const pointsOf = (read: (run: RunResult) => number | undefined) =>
    runs.map((run, step) => ({ x: sweep.steps[step]?.value ?? NaN, y: read(run) ?? null }));
  const made = pointsOf((run) => run.throughputPerSecond);
  const due = pointsOf((run) => run.duePerSecond);
  const y = linearAxis(
    0,
    [...made, ...due].flatMap((point) => point.y ?? []),
    UPWARDS,
    formatTick,
  );
  const series = [
    ...(due.some((point) => point.y !== null)
      ? [{ label: 'due', classes: `${classes} dotted`, points: due }]
      : []),
    { label: 'calls per second', classes, points: made },
  ];
  return byParameter(sweep, { title: 'Throughput, calls per second', y, formatY: formatNumber, series });
}

function latencyChart(sweep: Sweep, runs: readonly RunResult[], classes: string): Markup {
  const series = PERCENTILES.map(([name, weight]): Series => ({
    label: name,
    classes: `${classes} ${weight}`,
    points: runs.map((run, step) => ({
      x: sweep.steps[step]?.value ?? NaN,
      y: Math.max(1, run.latencyMicros[name]),
    })),
  }));
  const values = series.flatMap(({ points }) => points.map((point) => point.y ?? NaN));
  const y = logAxis(values, UPWARDS, formatTickMicros);
  return byParameter(sweep, { title: 'Latency', y, formatY: formatMicros, series });
}

function byParameter(
  { parameter, steps, knee }: Sweep,
  chart: Pick<LineChart, 'title' | 'y' | 'formatY' | 'series'>,
): Markup {
  const x = valueAxis(steps.map(({ value }) => value));
  const marks = knee === null ? [] : [{ from: knee, to: knee, label: 'knee' }];
  return lineChart({ ...chart, xTitle: parameter, x, formatX: formatCount, marks, dots: true });
}

/** Its ticks are the values that were run. */
function valueAxis(values: readonly number[]): Axis {
  const [smallest = 1, largest = 1] = [values[0], values.at(-1)];
  const scale =
    largest / smallest >= LOG_FROM
      ? logAxis(values, ACROSS, formatTick)
      : linearAxis(0, values, ACROSS, formatTick);
  return {
    at: scale.at,
    ticks: values.map((value) => ({ position: scale.at(value), label: formatCount(value) })),
  };
}

function stepTable(sweep: Sweep, runs: readonly RunResult[]): Markup {
  const { values, groups } = sweepTable(sweep, runs, PLAIN.colours);
  const columns = [values, ...groups.flat()];
  return dataTable({
    caption: 'Results by step',
    heads: columns.map(({ head }) => ({ text: head })),
    rows: runs.map((run, position) => ({
      cells: columns.map(({ cells }) => cells[position] ?? ''),
      classes: rowClass([run]),
    })),
  });
}
