import { Option, type Command } from 'commander';
import { withoutDatabase, type DatabaseOptions } from '../app/database.js';
import { parseGate } from '../app/gates.js';
import { CONFIG_FILE } from '../config/load.js';
import { drawSeed, parseSeed } from '../scenario/flag-values.js';
import { DEFAULT_TIMEOUT_MS, parseTimeout } from '../scenario/duration.js';
import type { Target } from '../target/target.js';
import { addLoadFlags } from './load-flags.js';

export interface ConnectionFlags {
  readonly databaseUrl?: string;
  /** Of the configuration file. */
  readonly databaseUrlVariable?: string;
  readonly schema: string;
}

export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Besides the fields of a load, which load-flags.ts reads. */
export interface LoadFlags extends ConnectionFlags, OutputFlags, Readonly<Record<string, unknown>> {
  readonly scenario?: readonly string[];
  readonly timeout: number;
  readonly prepare: boolean;
  readonly seed?: number;
  readonly gate?: readonly string[];
  readonly restartCommand?: string;
  readonly keep?: boolean;
  readonly advisoryLocks?: boolean;
  readonly allowInconclusive?: boolean;
}

// Headings of the help; the second is commander's own.
const LOAD_OPTIONS = 'Load (default: as the scenario says):';
const OTHER_OPTIONS = 'Options:';

/** Which database: the same on every command that needs one. */
export function addConnectionOptions(command: Command): Command {
  return command
    .optionsGroup('Database:')
    .option(
      '--database-url <url>',
      'PostgreSQL to use; else DATABASE_URL, else PG* variables, else an embedded server',
    )
    .option('--schema <name>', 'schema that holds the tables', 'els_assign')
    .option('--config <file>', `configuration file; else ${CONFIG_FILE}, where there is one`)
    .optionsGroup(OTHER_OPTIONS);
}

export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'print one JSON document instead of text')
    .option('--quiet', 'no progress on stderr')
    .optionsGroup(OTHER_OPTIONS);
}

/** What `run` and `compare` have in common. */
export function addLoadOptions(command: Command): Command {
  command.option(
    '--scenario <name|file>',
    'scenario to run (default: see below); may be given again',
    collect,
  );
  addLoadFlags(command.optionsGroup(LOAD_OPTIONS))
    .option(
      '--no-prepare',
      'unnamed statements, settings in each transaction: for poolers in transaction mode',
    )
    .optionsGroup(OTHER_OPTIONS)
    .addOption(
      new Option('--timeout <time>', 'deadline of one call, with its retries')
        .argParser(parseTimeout)
        .default(DEFAULT_TIMEOUT_MS, '10s'),
    )
    .option('--gate <expression>', "must hold besides the scenario's gates; may be given again", collectGate)
    .option('--seed <n>', 'repeat the workload of an earlier run (default: a new one)', parseSeed)
    .option(
      '--restart-command <command>',
      'how the fault restart-server restarts a server that is not embedded',
    )
    .option('--keep', "leave the run's batches in the database")
    .option('--allow-inconclusive', 'an unknown verdict or an inconclusive check does not fail the command');
  return addOutputOptions(addConnectionOptions(command));
}

/** Where a command works: with targets that have a schema of their own, where the flag or the configuration says. */
export function whereOf(flags: ConnectionFlags, targets: readonly Target[]): DatabaseOptions {
  if (!targets.some(({ hasOwnSchema }) => hasOwnSchema)) return { ...flags, env: process.env };
  return { ...flags, env: withoutDatabase(process.env, flags.databaseUrlVariable) };
}

/** Whether the user named the database for this command, and the environment did not. */
export function namesDatabase({ databaseUrl, databaseUrlVariable }: ConnectionFlags): boolean {
  return databaseUrl !== undefined || databaseUrlVariable !== undefined;
}

/** A random workload, unless a seed repeats one. */
export function seedOf(flags: LoadFlags): number {
  return flags.seed ?? drawSeed();
}

/** Values of an option that may be given again. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

function collectGate(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, parseGate(text).text];
}
