import { didYouMean, escapeInvisible, quote } from '../../base/wording.js';
import { BUILT_IN_STRATEGIES, type BuiltInStrategy } from './engine/assignment.js';
import { UsageError } from '../../domain/errors.js';
import { readCustomStrategy } from './engine/custom-strategy.js';
import type { StrategySpec } from './engine/strategy.js';
import type { ElsOptions } from './target.js';

/** The service's feature flags (ELS-004); all are off by default. */
export const FLAGS = {
  cte: 'ELS_USE_CTE_UPSERT_ASSIGNMENT',
  inventory: 'ELS_USE_ESSAY_STATES_AS_INVENTORY',
  advisoryLocks: 'USE_ADVISORY_LOCKS_FOR_ASSIGNMENT',
} as const;

/** The known-good path: what the flags mean where all are off, and where a rollout starts. */
export const KNOWN_GOOD: BuiltInStrategy = 'legacy';

/**
 * Finds the strategy that a name means: a built-in one, or a custom SQL file.
 *
 * @throws UsageError when it is neither, or the file is refused
 */
export async function resolveStrategy(nameOrFile: string): Promise<StrategySpec> {
  if (isBuiltIn(nameOrFile)) return { kind: 'built-in', name: nameOrFile };
  if (/[/\\]|\.sql$/.test(nameOrFile)) return readCustomStrategy(visible(nameOrFile));
  throw new UsageError(
    'unknown_strategy',
    `unknown strategy ${quote(nameOrFile)}${didYouMean(nameOrFile, BUILT_IN_STRATEGIES)}; accepted are ${BUILT_IN_STRATEGIES.join(', ')}, or the path of a SQL file`,
  );
}

/** Whether a name is that of a built-in strategy. */
export function isBuiltIn(name: string): name is BuiltInStrategy {
  return BUILT_IN_STRATEGIES.some((known) => known === name);
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
export function strategyFromFlags(env: NodeJS.ProcessEnv): ElsOptions {
  refuseMisspeltFlags(env);
  const cte = readFlag(env, FLAGS.cte);
  const inventory = readFlag(env, FLAGS.inventory);
  if (cte && inventory) {
    throw new UsageError(
      'both_flags',
      `${FLAGS.cte} and ${FLAGS.inventory} are both on; accepted is one at a time, or --strategy`,
    );
  }
  const name: BuiltInStrategy = cte ? 'cte' : inventory ? 'inventory' : KNOWN_GOOD;
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
