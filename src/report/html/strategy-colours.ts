import { BUILT_IN_STRATEGIES } from '../../targets/els/engine/assignment.js';
import type { RunResult } from '../../domain/run-result.js';

/** How many colours the style sheet has. */
const COLOURS = 8;

/** The style classes of what was measured: a colour for the strategy, and dashes with advisory locks. */
export type ClassOf = (row: Pick<RunResult, 'strategy' | 'advisoryLocks'>) => string;

/**
 * Gives each strategy one colour for the whole page: the built-in ones always the same, others those that are left
 * in the order of their appearance; colours repeat when there are more strategies than colours.
 */
export function strategyColours(runs: readonly RunResult[]): ClassOf {
  const strategies = [...new Set<string>([...BUILT_IN_STRATEGIES, ...runs.map((run) => run.strategy)])];
  return ({ strategy, advisoryLocks }) =>
    `c${strategies.indexOf(strategy) % COLOURS}${advisoryLocks ? ' dashed' : ''}`;
}
