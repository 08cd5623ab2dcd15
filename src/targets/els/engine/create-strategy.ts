import { createHash } from 'node:crypto';
import { loadStatement, toStatement } from './statement.js';
import { BUILT_IN_STRATEGIES, type Inventory } from './assignment.js';
import { UsageError } from '../../../domain/errors.js';
import { legacyStrategy } from './strategies/legacy.js';
import { manyStatement } from './strategies/many-statement.js';
import { singleStatementStrategy } from './strategies/single-statement.js';
import type { Strategy, StrategySpec } from './strategy.js';

/**
 * Makes the strategy that a spec names.
 *
 * @param advisoryLocks serialize calls with the same batch and content
 * @throws UsageError `invalid_strategy` for what is no spec, as untyped code may give it
 */
export function createStrategy(spec: StrategySpec, advisoryLocks: boolean): Strategy {
  if (!isSpec(spec)) throw noSpec(spec);
  if (spec.kind === 'custom') {
    return singleStatementStrategy(customStatement(spec), spec.inventory, advisoryLocks);
  }
  switch (spec.name) {
    case 'legacy':
      return legacyStrategy(advisoryLocks);
    case 'cte':
      return builtIn('cte', 'slots', advisoryLocks);
    case 'inventory':
      return builtIn('inventory', 'essays', advisoryLocks);
  }
}

function isSpec(given: unknown): given is StrategySpec {
  if (typeof given !== 'object' || given === null) return false;
  const { kind, name, inventory, sql } = given as Readonly<Record<string, unknown>>;
  if (kind === 'built-in') return BUILT_IN_STRATEGIES.some((known) => known === name);
  return kind === 'custom' && (inventory === 'slots' || inventory === 'essays') && typeof sql === 'string';
}

function noSpec(given: unknown): UsageError {
  const names = BUILT_IN_STRATEGIES.map((name) => `'${name}'`).join(' | ');
  return new UsageError(
    'invalid_strategy',
    `strategy ${JSON.stringify(given)}: accepted is { kind: 'built-in', name: ${names} } or what readCustomStrategy returns`,
  );
}

function builtIn(name: 'cte' | 'inventory', inventory: Inventory, advisoryLocks: boolean): Strategy {
  const many = manyStatement(loadStatement(`strategies/${name}-many`), advisoryLocks);
  return singleStatementStrategy(loadStatement(`strategies/${name}`), inventory, advisoryLocks, many);
}

/** The statement of a custom strategy; its prepared name follows from its text. */
export function customStatement(spec: Extract<StrategySpec, { kind: 'custom' }>) {
  const digest = createHash('sha256').update(spec.sql).digest('hex').slice(0, 32);
  return toStatement(`custom/${digest}`, spec.sql);
}
