import type { Ratio, RunResult } from '../domain/run-result.js';
import { METRICS, ratioOf } from './metrics.js';
import { groupRows, pairRounds, type Row } from './rows.js';

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

/** The name of the strategy that others are divided by: `legacy` where it ran, else the first that ran. */
export function chooseBaseline(runs: readonly RunResult[]): string {
  const strategies = runs.map((run) => run.strategy);
  return strategies.includes('legacy') ? 'legacy' : (strategies[0] ?? '');
}

/**
 * The probability that the smallest and largest of n independent paired ratios enclose the median of the
 * distribution they come from: 1 − 2^(1−n).
 *
 * As in the sign test, each ratio falls below the true median with probability ½. The interval misses it only when
 * all n fall below (2^−n) or all n fall above (2^−n). No assumption on the shape of the distribution is made.
 * Source: W. R. Thompson, "On Confidence Ranges for the Median and Other Expectation Distributions for Populations
 * of Unknown Distribution Form", Annals of Mathematical Statistics 7 (1936), 122–128.
 */
export function medianConfidence(rounds: number): number {
  return 1 - 2 ** (1 - rounds);
}

function baselineRow(rows: readonly Row[], scenario: string, strategy: string): Row | undefined {
  const candidates = rows.filter((row) => row.scenario === scenario && row.strategy === strategy);
  return candidates.find((row) => !row.advisoryLocks) ?? candidates[0];
}

function ratiosOfRow(row: Row, base: Row): Ratio[] {
  const pairs = pairRounds(row, base);
  const { scenario, strategy, advisoryLocks } = row;
  const confidence = medianConfidence(pairs.length);
  return METRICS.flatMap((metric) => {
    const ratio = ratioOf(metric, pairs);
    return ratio === undefined ? [] : [{ scenario, strategy, advisoryLocks, metric, ...ratio, confidence }];
  });
}
