import { groupRows, type Row, rowName } from '../domain/rows.js';
import type { RunResult } from '../domain/run-result.js';
import { baselineRow } from './baseline.js';
import { roundsToCheck } from './levels.js';
import { logRatios } from './metrics.js';
import { findOutliers } from './outliers.js';
import { pairRounds } from './rows.js';

/**
 * What the runs themselves say against their figures: rounds whose ratio to the baseline is an outlier, where there
 * are enough rounds to tell, and rounds in which the tool set the pace.
 *
 * @returns one line each
 */
export function findWarnings(runs: readonly RunResult[], baseline: { strategy: string }): string[] {
  const rows = groupRows(runs);
  return rows.flatMap((row) => {
    const base = baselineRow(rows, row.scenario, baseline.strategy);
    const outliers = base === undefined || base === row ? [] : outlierWarnings(row, base);
    return [...outliers, ...saturationWarnings(row)];
  });
}

function outlierWarnings(row: Row, base: Row): string[] {
  const pairs = pairRounds(row, base);
  const differences = logRatios('throughput', pairs);
  if (differences === undefined || differences.length < roundsToCheck(1)) return [];
  return findOutliers(differences).map((position) => {
    const ratio = Math.exp(differences[position] ?? NaN).toFixed(2);
    const round = pairs[position]?.[0].round;
    return `${rowName(row)}: round ${round} is an outlier, ${ratio} times the throughput of ${base.strategy}: was the machine busy with something else?`;
  });
}

function saturationWarnings(row: Row): string[] {
  const saturated = row.runs.filter((run) => run.client.saturated).length;
  if (saturated === 0) return [];
  return [
    `${rowName(row)}: the tool set the pace in ${saturated} of ${row.runs.length} rounds: ratios are nearer to 1 than the server's`,
  ];
}
