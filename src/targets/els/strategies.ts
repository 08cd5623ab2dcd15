import { didYouMean, escapeInvisible, quote } from '../../base/wording.js';
import { BUILT_IN_STRATEGIES, type BuiltInStrategy, type Inventory } from './engine/assignment.js';
import { UsageError } from '../../domain/errors.js';
import type { Scenario } from '../../domain/scenario.js';
import { createStrategy } from './engine/create-strategy.js';
import { readCustomStrategy } from './engine/custom-strategy.js';
import { checkKeepsNothing } from './engine/keeps-nothing.js';
import type { StrategySpec } from './engine/strategy.js';

export type { StrategySpec } from './engine/strategy.js';

/** The service's feature flags (ELS-004); all are off by default. */
export const FLAGS = {
  cte: 'ELS_USE_CTE_UPSERT_ASSIGNMENT',
  inventory: 'ELS_USE_ESSAY_STATES_AS_INVENTORY',
  advisoryLocks: 'USE_ADVISORY_LOCKS_FOR_ASSIGNMENT',
} as const;

/** A strategy with its option. */
export interface StrategyChoice {
  readonly strategy: StrategySpec;
  readonly advisoryLocks: boolean;
}

/** Where a rollout starts that nobody named a strategy for: the known-good path. */
export const KNOWN_GOOD: StrategySpec = { kind: 'built-in', name: 'legacy' };

/** Strategies with those that scenarios roll out while they run. */
export function withRolledOut(
  strategies: readonly StrategySpec[],
  scenarios: readonly Scenario[],
): StrategySpec[] {
  return [...strategies, ...scenarios.flatMap(rolledOut)];
}

/** The strategies that a scenario rolls out, one after the other. */
export function rolledOut({ rollout }: Scenario): StrategySpec[] {
  return (rollout?.steps ?? []).map(({ strategy }) => ({ kind: 'built-in', name: strategy }));
}

/** The table that a strategy fills batches through. */
export function inventoryOf(strategy: StrategySpec): Inventory {
  return createStrategy(strategy, false).inventory;
}

/**
 * Finds the strategy that a name means: a built-in one, or a custom SQL file.
 *
 * @throws UsageError when it is neither, or the file is refused
 */
export async function resolveStrategy(nameOrFile: string): Promise<StrategySpec> {
  const builtIn = BUILT_IN_STRATEGIES.find((name) => name === nameOrFile);
  if (builtIn) return { kind: 'built-in', name: builtIn };
  if (/[/\\]|\.sql$/.test(nameOrFile)) return readCustomStrategy(visible(nameOrFile));
  throw new UsageError(
    'unknown_strategy',
    `unknown strategy ${quote(nameOrFile)}${didYouMean(nameOrFile, BUILT_IN_STRATEGIES)}; accepted are ${BUILT_IN_STRATEGIES.join(', ')}, or the path of a SQL file`,
  );
}

/** A strategy is named by its path wherever results are shown. */
function visible(path: string): string {
  if (escapeInvisible(path) === path) return path;
  const problem = 'its name has a control character or one that cannot be seen';
  throw new UsageError(
    'invalid_strategy',
    `strategy file ${quote(path)}: ${problem}; accepted: a name without`,
  );
}

/**
 * Reads the strategy from the service's flags: none on is `legacy`, the known-good path.
 *
 * @throws UsageError when a variable's name is almost a flag's, a flag is no boolean, or both strategy flags are on: they are validated one at a time
 */
export function strategyFromFlags(env: NodeJS.ProcessEnv): StrategyChoice {
  refuseMisspeltFlags(env);
  const cte = readFlag(env, FLAGS.cte);
  const inventory = readFlag(env, FLAGS.inventory);
  if (cte && inventory) {
    throw new UsageError(
      'both_flags',
      `${FLAGS.cte} and ${FLAGS.inventory} are both on; accepted is one at a time, or --strategy`,
    );
  }
  const name: BuiltInStrategy = cte ? 'cte' : inventory ? 'inventory' : 'legacy';
  return { strategy: { kind: 'built-in', name }, advisoryLocks: readFlag(env, FLAGS.advisoryLocks) };
}

/** A flag whose name is misspelt or abbreviated would silently mean the known-good path. */
function refuseMisspeltFlags(env: NodeJS.ProcessEnv): void {
  const flags = Object.values(FLAGS);
  for (const name of Object.keys(env)) {
    if (!/^(?:ELS|USE)_/i.test(name) || flags.some((flag) => flag === name)) continue;
    const whole = flags.find((flag) => isAbbreviated(name, flag));
    const hint = whole === undefined ? didYouMean(name, flags) : ` (did you mean ${whole}?)`;
    if (hint === '') continue;
    throw new UsageError(
      'unknown_flag',
      `the variable ${quote(name)} is no flag of the service${hint}; accepted are ${flags.join(', ')}`,
    );
  }
}

/** Whether a name has words of a flag alone, and more of them than what all flags begin with. */
function isAbbreviated(name: string, flag: string): boolean {
  const words = name.toUpperCase().split('_');
  return /^(?:ELS_USE_|USE_ADVISORY)/i.test(name) && words.every((word) => flag.split('_').includes(word));
}

/** Whether a strategy keeps a lock of its session from one transaction to the next. */
export function keepsSessionLock({ strategy, advisoryLocks }: StrategyChoice): boolean {
  return createStrategy(strategy, advisoryLocks).keepsSessionLock;
}

/**
 * Checks that strategies can do with sessions that keep nothing, before anything connects.
 *
 * @param prepare whether sessions keep settings and prepared statements
 * @throws UsageError `needs_session`
 */
export function checkPrepare(choices: readonly StrategyChoice[], prepare: boolean): void {
  if (prepare) return;
  for (const { strategy, advisoryLocks } of choices)
    checkKeepsNothing(createStrategy(strategy, advisoryLocks));
}

/** The words that the service's settings (Pydantic) read as a boolean. */
const ON = ['1', 'true', 't', 'yes', 'y', 'on'];
const OFF = ['', '0', 'false', 'f', 'no', 'n', 'off'];

function readFlag(env: NodeJS.ProcessEnv, name: string): boolean {
  const value = (env[name] ?? '').trim().toLowerCase();
  if (ON.includes(value)) return true;
  if (OFF.includes(value)) return false;
  throw new UsageError(
    'invalid_flag',
    `${name} is ${JSON.stringify(env[name])}; accepted are true and false`,
  );
}
