import type { Row } from '../../domain/rows.js';
import { strategyLabel } from '../../domain/rows.js';
import { formatMicros } from '../format.js';
import { medianOf } from '../row-figures.js';
import { fixedAxis, formatTickMicros, logAxis } from './axes.js';
import { ACROSS, lineChart, UPWARDS, type Point, type Series } from './line-chart.js';
import type { Markup } from './markup.js';
import type { ClassOf } from './strategy-colours.js';

const SHOWN_PERCENTILES = [0, 50, 90, 99, 99.9, 99.99, 99.999];

/**
 * Latency by percentile, one line for each row: medians over its rounds. Both axes are logarithmic, the percentiles
 * by 1 / (1 − percentile / 100), as HdrHistogram plots them.
 *
 * @returns nothing where no call was measured
 */
export function percentileFigure(rows: readonly Row[], classOf: ClassOf): Markup[] {
  const series = rows.map((row): Series => ({
    label: strategyLabel(row),
    classes: classOf(row),
    points: medianCurve(row),
  }));
  const points = series.flatMap((each) => each.points);
  if (points.length === 0) return [];
  const farthest = Math.max(...points.map(({ x }) => x), ninesOf(50));
  const ticks = SHOWN_PERCENTILES.filter((percentile) => ninesOf(percentile) <= farthest);
  const chart = lineChart({
    title: 'Latency by percentile',
    xTitle: 'percentile of the calls',
    x: fixedAxis(
      [0, farthest],
      ACROSS,
      ticks.map((percentile) => [ninesOf(percentile), `${percentile}`]),
    ),
    y: logAxis(
      points.map(({ y }) => y ?? NaN),
      UPWARDS,
      formatTickMicros,
    ),
    formatX: (nines) => `p${Number((100 * (1 - 10 ** -nines)).toFixed(3))}`,
    formatY: formatMicros,
    series,
  });
  return [chart];
}

/** As far as all rounds reach. */
function medianCurve(row: Row): Point[] {
  const reaching = Math.min(...row.runs.map((run) => run.latencyDistribution.length));
  const percentiles = row.runs[0].latencyDistribution.slice(0, reaching).map(({ percentile }) => percentile);
  return percentiles.map((percentile, position) => ({
    x: ninesOf(percentile),
    y: medianOf(row, (run) => Math.max(1, run.latencyDistribution[position]?.micros ?? NaN)),
  }));
}

/** 90 → 1, 99 → 2, 99.9 → 3. */
function ninesOf(percentile: number): number {
  return Math.log10(1 / (1 - percentile / 100));
}
