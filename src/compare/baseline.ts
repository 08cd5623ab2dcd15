import type { Row } from '../domain/rows.js';

/**
 * The name of the strategy that others are divided by: the reference where it ran, else the first.
 *
 * @param strategies that ran, in the order in which they were named
 * @param reference what others are measured by where it ran
 */
export function chooseBaseline(strategies: readonly string[], reference: string | undefined): string {
  return strategies.find((name) => name === reference) ?? strategies[0] ?? '';
}

/** The row that a scenario's rows are divided by: the baseline without locks, or with locks where it only ran so. */
export function baselineRow(rows: readonly Row[], scenario: string, strategy: string): Row | undefined {
  const candidates = rows.filter((row) => row.scenario === scenario && row.strategy === strategy);
  return candidates.find((row) => !row.advisoryLocks) ?? candidates[0];
}
