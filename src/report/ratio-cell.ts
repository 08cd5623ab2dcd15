import type { Row } from '../domain/rows.js';
import type { Comparison, Ratio } from '../domain/run-result.js';
import { formatRatio, MISSING } from './format.js';

/**
 * A row's ratio to the baseline with its interval, `2.57 [2.54 – 2.58]`; one round has none.
 * @param rows the scenario's rows, the baseline's first row first among those of its strategy.
 */
export function ratioCell(
  row: Row,
  rows: readonly Row[],
  metric: Ratio['metric'],
  comparison: Comparison,
): string {
  if (row === rows.find(({ strategy }) => strategy === comparison.baseline)) {
    return 'baseline';
  }
  const found = findRatio(row, metric, comparison);
  if (found === undefined) {
    return MISSING;
  }
  const { ratio, low, high, confidence } = found;
  const range = confidence > 0 ? ` [${formatRatio(low)} – ${formatRatio(high)}]` : '';
  return formatRatio(ratio) + range;
}

/** A row's ratio to the baseline; undefined where there is none. */
export function findRatio(row: Row, metric: Ratio['metric'], { ratios }: Comparison): Ratio | undefined {
  return ratios.find(
    (ratio) =>
      ratio.scenario === row.scenario &&
      ratio.strategy === row.strategy &&
      ratio.advisoryLocks === row.advisoryLocks &&
      ratio.metric === metric,
  );
}
