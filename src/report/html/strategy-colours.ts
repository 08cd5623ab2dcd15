import type { RunResult } from '../../domain/run-result.js';

/** How many colours the style sheet has. */
const COLOURS = 8;

/** The style classes of what was measured: a colour for the strategy, and dashes with advisory locks. */
export type ClassOf = (row: Pick<RunResult, 'strategy' | 'advisoryLocks'>) => string;

/**
 * Gives each strategy one colour for the whole page, in the order in which they were named, others in the order of
 * their appearance; colours repeat when there are more strategies than colours.
 *
 * @param named the strategies that were compared; none where nothing was
 */
export function strategyColours(runs: readonly RunResult[], named: readonly string[]): ClassOf {
  const strategies = [...new Set([...named, ...runs.map((run) => run.strategy)])];
  return ({ strategy, advisoryLocks }) =>
    `c${strategies.indexOf(strategy) % COLOURS}${advisoryLocks ? ' dashed' : ''}`;
}
