import type { Command } from 'commander';
import { escapeInvisible, quote } from '../base/wording.js';
import { loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { UsageError } from '../domain/errors.js';
import { parseDuration } from '../scenario/duration.js';
import { printLine } from './console.js';
import { loadFlags } from './load-flags.js';

interface ConfigFlags {
  readonly config?: string;
  readonly quiet?: boolean;
  readonly rollout?: boolean;
}

/**
 * Answers by the configuration file what a command's flags did not: all of it for `compare` of strategies, where the
 * database is for the others.
 *
 * @throws UsageError when the file is refused, or the variable that it names for the database is not set
 */
export async function applyConfig(command: Command): Promise<void> {
  if (!knows(command, 'config')) return;
  const { config: named, quiet, rollout } = command.opts<ConfigFlags>();
  const file = await loadConfig(named);
  if (file === undefined) return;
  if (!quiet) printLine(`configuration file: ${escapeInvisible(file.path)}`);
  const { databaseUrlVariable, schema } = file.config;
  if (command.name() === 'compare' && !rollout) answerCompare(command, file.config);
  answer(command, 'schema', schema);
  if (databaseUrlVariable === undefined || isGiven(command, 'databaseUrl')) return;
  checkVariable(databaseUrlVariable, file.path);
  answer(command, 'databaseUrlVariable', databaseUrlVariable);
}

/** A time that a flag gives takes the place of stages, and the other way round; gates of flags come on top. */
function answerCompare(command: Command, config: Config): void {
  const { duration, stages, ...flags } = compareFlags(config);
  if (!isGiven(command, 'stages')) answer(command, 'duration', duration);
  if (!isGiven(command, 'duration')) answer(command, 'stages', stages);
  for (const [name, value] of Object.entries(flags)) answer(command, name, value);
  const { gate = [] } = command.opts<{ gate?: readonly string[] }>();
  if (isGiven(command, 'gate')) command.setOptionValue('gate', [...(config.gates ?? []), ...gate]);
}

/** By the names of the options, as commander would have parsed them. */
function compareFlags(config: Config): Record<string, unknown> {
  const { rounds, seed, advisoryLocks, allowInconclusive, keep, baseline, prepare } = config;
  return {
    ...{ rounds, seed, advisoryLocks, allowInconclusive, keep, baseline, prepare },
    ...loadFlags(config),
    strategies: config.strategies?.join(),
    scenario: config.scenarios,
    gate: config.gates,
    timeout: config.timeout && parseDuration(config.timeout),
  };
}

function answer(command: Command, name: string, value: unknown): void {
  if (value === undefined || isGiven(command, name)) return;
  command.setOptionValueWithSource(name, value, 'config');
}

function isGiven(command: Command, name: string): boolean {
  return command.getOptionValueSource(name) === 'cli';
}

function knows(command: Command, name: string): boolean {
  return command.options.some((option) => option.attributeName() === name);
}

function checkVariable(name: string, path: string): void {
  if (process.env[name]) return;
  throw new UsageError(
    'missing_variable',
    `configuration file ${quote(path)}: databaseUrlVariable names ${name}, which is not set; ` +
      'accepted: a variable that holds the URL of the database, or --database-url',
  );
}
