import type { Row } from '../../domain/rows.js';
import { strategyLabel } from '../../domain/rows.js';
import type { RunResult } from '../../domain/run-result.js';
import { formatMicros, formatNumber } from '../format.js';
import { switchName } from '../rollout-tables.js';
import { measuredRuns, medianOf } from '../row-figures.js';
import { formatTick, formatTickMicros, linearAxis, logAxis, type Axis } from './axes.js';
import { ACROSS, lineChart, UPWARDS, type LineChart, type Mark, type Series } from './line-chart.js';
import type { Markup } from './markup.js';
import type { ClassOf } from './strategy-colours.js';

/** Fewer intervals show nothing over time. */
const FEWEST_INTERVALS = 5;

/** A run whose course is drawn. */
interface Course {
  readonly run: RunResult;
  readonly classes: string;
}

/**
 * Throughput, latency and, where there are any, failures over time with the moments of the faults; of each row the
 * round whose throughput is the median.
 *
 * @returns nothing for bursts without faults: they are over at once
 */
export function timeFigures(rows: readonly Row[], classOf: ClassOf): Markup[] {
  const courses = rows
    .map((row) => ({ run: medianRound(row), classes: classOf(row) }))
    .filter(({ run }) => lastsLong(run));
  if (courses.length === 0) return [];
  const failed = courses.some(({ run }) => run.timeSeries.failures.some((count) => count > 0));
  return [throughputFigure(courses), latencyFigure(courses), ...(failed ? [failureFigure(courses)] : [])];
}

function throughputFigure(courses: readonly Course[]): Markup {
  const series = courses.map((course) => seriesOf(course, perSecond(course.run, 'calls')));
  return overTime(courses, 'Throughput over time, calls per second', formatNumber, series, (values) =>
    linearAxis(0, values, UPWARDS, formatTick),
  );
}

function failureFigure(courses: readonly Course[]): Markup {
  const series = courses.map((course) => seriesOf(course, perSecond(course.run, 'failures')));
  const title = 'Calls with an error or without an answer, per second';
  return overTime(courses, title, formatNumber, series, (values) =>
    linearAxis(0, values, UPWARDS, formatTick),
  );
}

function latencyFigure(courses: readonly Course[]): Markup {
  const series = courses.flatMap((course) => [
    seriesOf(course, course.run.timeSeries.p95Micros, ' p95', 'strong'),
    seriesOf(course, course.run.timeSeries.p50Micros, ' p50', 'faint'),
  ]);
  return overTime(courses, 'Latency over time, p95 and p50', formatMicros, series, (values) =>
    logAxis(
      values.map((value) => Math.max(1, value)),
      UPWARDS,
      formatTickMicros,
    ),
  );
}

function overTime(
  courses: readonly Course[],
  title: string,
  formatY: LineChart['formatY'],
  series: readonly Series[],
  yAxis: (values: readonly number[]) => Axis,
): Markup {
  const points = series.flatMap((each) => each.points);
  const ends = courses.map(({ run }) => run.durationMs / 1_000);
  return lineChart({
    title,
    xTitle: 'seconds from the start',
    x: linearAxis(0, ends, ACROSS, formatTick, false),
    y: yAxis(points.flatMap(({ y }) => (y === null ? [] : [y]))),
    formatX: (seconds) => `${Number(seconds.toFixed(3))} s`,
    formatY,
    series,
    marks: marksOf(courses),
  });
}

/** Each interval at its middle; the last one is left out where the load ended within it. */
function seriesOf(
  { run, classes }: Course,
  values: readonly (number | null)[],
  suffix = '',
  weight = '',
): Series {
  const { intervalMs } = run.timeSeries;
  const points = values.slice(0, wholeIntervals(run)).map((value, position) => ({
    x: ((position + 0.5) * intervalMs) / 1_000,
    y: value,
  }));
  return { label: strategyLabel(run) + suffix, classes: `${classes} ${weight}`.trim(), points };
}

function perSecond({ timeSeries }: RunResult, column: 'calls' | 'failures'): number[] {
  return timeSeries[column].map((count) => (count * 1_000) / timeSeries.intervalMs);
}

/** Something that was planned for a moment of a run. */
interface Happening {
  readonly label: string;
  readonly plannedMs: number;
  readonly startMs: number;
  readonly endMs: number;
}

function happeningsOf({ faults, rollout }: RunResult): Happening[] {
  return [
    ...(rollout?.switches ?? []).map((each) => ({ ...each, label: switchName(each) })),
    ...faults.map((fault) => ({ ...fault, label: fault.kind })),
  ];
}

/** The same fault or switch of several runs is marked once, over the time from the first to the last. */
function marksOf(courses: readonly Course[]): Mark[] {
  const marks = new Map<string, Mark>();
  for (const { label, plannedMs, startMs, endMs } of courses.flatMap(({ run }) => happeningsOf(run))) {
    const key = `${label}@${plannedMs}`;
    const { from, to } = marks.get(key) ?? { from: Infinity, to: 0 };
    marks.set(key, { from: Math.min(from, startMs / 1_000), to: Math.max(to, endMs / 1_000), label });
  }
  const end = Math.max(...courses.map(({ run }) => run.durationMs / 1_000));
  return [...marks.values()]
    .filter(({ from }) => from <= end)
    .map((mark) => ({ ...mark, to: Math.min(mark.to, end) }));
}

function lastsLong(run: RunResult): boolean {
  const overAtOnce = run.plan.arrival === 'burst' && run.faults.length === 0;
  return !overAtOnce && wholeIntervals(run) >= FEWEST_INTERVALS;
}

function wholeIntervals({ durationMs, timeSeries }: RunResult): number {
  return Math.floor(durationMs / timeSeries.intervalMs);
}

function medianRound(row: Row): RunResult {
  const median = medianOf(row, (run) => run.throughputPerSecond);
  const distance = (run: RunResult) => Math.abs(run.throughputPerSecond - median);
  return measuredRuns(row.runs).reduce((nearest, run) => (distance(run) < distance(nearest) ? run : nearest));
}
