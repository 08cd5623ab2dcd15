import type { Row } from '../domain/rows.js';

/**
 * The name of the strategy that others are divided by: `legacy` where it ran, else the first.
 *
 * @param strategies that ran, in the order in which they were named
 */
export function chooseBaseline(strategies: readonly string[]): string {
  return strategies.includes('legacy') ? 'legacy' : (strategies[0] ?? '');
}

/** The row that a scenario's rows are divided by: the baseline without locks, or with locks where it only ran so. */
export function baselineRow(rows: readonly Row[], scenario: string, strategy: string): Row | undefined {
  const candidates = rows.filter((row) => row.scenario === scenario && row.strategy === strategy);
  return candidates.find((row) => !row.advisoryLocks) ?? candidates[0];
}
