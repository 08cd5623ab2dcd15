import { groupRows, type Row } from '../domain/rows.js';
import type { Ratio, RunResult } from '../domain/run-result.js';
import { baselineRow } from './baseline.js';
import { METRICS, ratioOf } from './metrics.js';
import { pairRounds } from './rows.js';

/**
 * Divides every row (strategy, with or without advisory locks) of each scenario by the scenario's baseline row:
 * the baseline strategy without locks, or with locks where it only ran so.
 *
 * Rounds are paired by their number, so a machine that slows down between rounds slows both sides of a ratio.
 * A metric that some round did not measure (0, NaN) is left out, and so is a scenario without the baseline.
 */
export function compareToBaseline(runs: readonly RunResult[], baseline: { strategy: string }): Ratio[] {
  const rows = groupRows(runs);
  return rows.flatMap((row) => {
    const base = baselineRow(rows, row.scenario, baseline.strategy);
    return base === undefined || base === row ? [] : ratiosOfRow(row, base);
  });
}

function ratiosOfRow(row: Row, base: Row): Ratio[] {
  const pairs = pairRounds(row, base);
  const { scenario, strategy, advisoryLocks } = row;
  return METRICS.flatMap((metric) => {
    const ratio = ratioOf(metric, pairs);
    return ratio === undefined ? [] : [{ scenario, strategy, advisoryLocks, metric, ...ratio }];
  });
}
