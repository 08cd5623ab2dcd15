import { createHash } from 'node:crypto';
import { loadStatement, toStatement } from '../database/statement.js';
import { legacyStrategy } from './strategies/legacy.js';
import { singleStatementStrategy } from './strategies/single-statement.js';
import type { Strategy, StrategySpec } from './strategy.js';

/**
 * Makes the strategy that a spec names.
 *
 * @param advisoryLocks serialize calls with the same batch and content
 */
export function createStrategy(spec: StrategySpec, advisoryLocks: boolean): Strategy {
  if (spec.kind === 'custom') {
    return singleStatementStrategy(customStatement(spec), spec.inventory, advisoryLocks);
  }
  switch (spec.name) {
    case 'legacy':
      return legacyStrategy(advisoryLocks);
    case 'cte':
      return singleStatementStrategy(loadStatement('strategies/cte'), 'slots', advisoryLocks);
    case 'inventory':
      return singleStatementStrategy(loadStatement('strategies/inventory'), 'essays', advisoryLocks);
  }
}

/** The statement of a custom strategy; its prepared name follows from its text. */
export function customStatement(spec: Extract<StrategySpec, { kind: 'custom' }>) {
  const digest = createHash('sha256').update(spec.sql).digest('hex').slice(0, 32);
  return toStatement(`custom/${digest}`, spec.sql);
}
