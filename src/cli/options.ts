import { Option, type Command } from 'commander';
import { parseGate } from '../app/gates.js';
import { COUNT_LIMITS, MAX_RTT_MS, parseDuration, parseFaultFlag, RTT_ACCEPTED } from '../app/scenarios.js';
import { CONFIG_FILE } from '../config/load.js';
import { MAX_SEED } from '../config/schema.js';
import { UsageError } from '../domain/errors.js';
import type { Fault } from '../domain/fault.js';
import type { ScenarioOverrides } from '../domain/scenario.js';
import { parseCount, parseDurationOf } from './flag-values.js';
import { addOpenLoopOptions } from './open-loop-options.js';

export { parseCount } from './flag-values.js';

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

export interface LoadFlags extends ConnectionFlags, OutputFlags, ScenarioOverrides {
  readonly scenario?: readonly string[];
  readonly duration?: number;
  readonly latencyLimit?: number;
  readonly timeout: number;
  readonly prepare: boolean;
  readonly seed?: number;
  readonly fault?: Fault[];
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
  command
    .option('--scenario <name|file>', 'scenario to run (default: see below); may be given again', collect)
    .optionsGroup(LOAD_OPTIONS)
    .option('--batches <n>', 'number of batches', parseCount('--batches', COUNT_LIMITS.batches))
    .option('--slots <n>', 'slots of each batch', parseCount('--slots', COUNT_LIMITS.slots))
    .option(
      '--contents <n>',
      'distinct contents of the whole run',
      parseCount('--contents', COUNT_LIMITS.contents),
    )
    .option(
      '--deliveries <n>',
      'how often each content is delivered',
      parseCount('--deliveries', COUNT_LIMITS.deliveries),
    )
    .option('--workers <n>', 'worker processes', parseCount('--workers', COUNT_LIMITS.workers))
    .option(
      '--connections <n>',
      'connections of each worker',
      parseCount('--connections', COUNT_LIMITS.connections),
    )
    .option(
      '--bulk <n>',
      'contents that one call assigns: cte and inventory',
      parseCount('--bulk', COUNT_LIMITS.bulk),
    )
    .option('--duration <time>', 'length of closed and open loops, e.g. 5s, 500ms', parseDuration)
    .optionsGroup(OTHER_OPTIONS)
    .addOption(
      new Option('--timeout <time>', 'deadline of one call, with its retries')
        .argParser(parseDurationOf('--timeout', 'invalid_timeout'))
        .default(10_000, '10s'),
    )
    .option('--gate <expression>', "must hold besides the scenario's gates; may be given again", collectGate)
    .option('--seed <n>', 'repeat the workload of an earlier run (default: a new one)', parseSeed)
    .optionsGroup(LOAD_OPTIONS)
    .option('--fault <kind[@time]>', 'break something while the load runs; may be given again', collectFault)
    .option(
      '--no-prepare',
      'unnamed statements, settings in each transaction: for poolers in transaction mode',
    )
    .option('--rtt-ms <n>', 'network round-trip time to simulate, in milliseconds', parseRtt)
    .optionsGroup(OTHER_OPTIONS)
    .option(
      '--restart-command <command>',
      'how the fault restart-server restarts a server that is not embedded',
    )
    .option('--keep', "leave the run's batches in the database")
    .option('--allow-inconclusive', 'an unknown verdict or an inconclusive check does not fail the command');
  addOpenLoopOptions(command.optionsGroup(LOAD_OPTIONS));
  return addOutputOptions(addConnectionOptions(command));
}

/** The counts that flags gave. */
export function toOverrides(flags: LoadFlags): ScenarioOverrides {
  const { batches, slots, contents, deliveries, workers, connections, bulk } = flags;
  const { duration: durationMs, fault: faults, rttMs } = flags;
  const { rate, spacing, stages, latencyLimit: latencyLimitMs } = flags;
  return {
    ...{ batches, slots, contents, deliveries, workers, connections, bulk, durationMs, faults, rttMs },
    ...{ rate, spacing, stages, latencyLimitMs },
  };
}

/** A random workload, unless a seed repeats one. */
export function seedOf(flags: LoadFlags): number {
  return flags.seed ?? Math.floor(Math.random() * (MAX_SEED + 1));
}

/** Values of an option that may be given again. */
export function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

function collectGate(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, parseGate(text).text];
}

function collectFault(text: string, earlier: Fault[] = []): Fault[] {
  return [...earlier, parseFaultFlag(text)];
}

function parseRtt(text: string): number {
  const rttMs = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rttMs <= MAX_RTT_MS) return rttMs;
  throw new UsageError('invalid_rtt', `--rtt-ms is ${JSON.stringify(text)}; accepted: ${RTT_ACCEPTED}`);
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= MAX_SEED) return seed;
  throw new UsageError(
    'invalid_seed',
    `--seed is ${JSON.stringify(text)}; accepted: a whole number, 0 to ${MAX_SEED}`,
  );
}
