import type { RunResult } from '../domain/run-result.js';
import type { Row } from './rows.js';

/** The name of the strategy that others are divided by: `legacy` where it ran, else the first that ran. */
export function chooseBaseline(runs: readonly RunResult[]): string {
  const strategies = runs.map((run) => run.strategy);
  return strategies.includes('legacy') ? 'legacy' : (strategies[0] ?? '');
}

/** The row that a scenario's rows are divided by: the baseline without locks, or with locks where it only ran so. */
export function baselineRow(rows: readonly Row[], scenario: string, strategy: string): Row | undefined {
  const candidates = rows.filter((row) => row.scenario === scenario && row.strategy === strategy);
  return candidates.find((row) => !row.advisoryLocks) ?? candidates[0];
}
