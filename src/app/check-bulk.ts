import { UsageError } from '../domain/errors.js';
import type { Scenario } from '../domain/scenario.js';
import { ONE_AT_A_TIME } from '../targets/els/engine/assign-many.js';
import { createStrategy } from '../targets/els/engine/create-strategy.js';
import type { StrategySpec } from '../targets/els/engine/strategy.js';

/**
 * Checks that strategies can assign as many contents at once as scenarios want, before anything connects.
 *
 * @throws UsageError when a strategy assigns one at a time
 */
export function checkBulk(scenarios: readonly Scenario[], strategies: readonly StrategySpec[]): void {
  const scenario = scenarios.find(({ bulk }) => bulk > 1);
  const unable = strategies.find((strategy) => createStrategy(strategy, false).many === undefined);
  if (scenario === undefined || unable === undefined) return;
  const wanted = `bulk ${scenario.bulk} of scenario ${scenario.name}`;
  throw new UsageError('bulk_unsupported', `${wanted}: ${unable.name} ${ONE_AT_A_TIME}`);
}
