import { Option, type Command } from 'commander';
import { MAX_RTT_MS, parseDuration, parseFaultFlag, RTT_ACCEPTED } from '../app/scenarios.js';
import { UsageError } from '../domain/errors.js';
import type { Fault } from '../domain/fault.js';
import type { ScenarioOverrides } from '../domain/scenario.js';

export interface ConnectionFlags {
  readonly databaseUrl?: string;
  readonly schema: string;
}

export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface LoadFlags extends ConnectionFlags, OutputFlags, ScenarioOverrides {
  readonly scenario: string[];
  readonly duration?: number;
  readonly timeout: number;
  readonly seed?: number;
  readonly fault?: Fault[];
  readonly restartCommand?: string;
  readonly keep?: boolean;
  readonly advisoryLocks?: boolean;
  readonly allowInconclusive?: boolean;
}

/** Which database: the same on every command that needs one. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option(
      '--database-url <url>',
      'PostgreSQL to use; else DATABASE_URL, else PG* variables, else an embedded server',
    )
    .option('--schema <name>', 'schema that holds the tables', 'els_assign');
}

export function addOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document instead of text')
    .option('--quiet', 'no progress on stderr');
}

/** What `run` and `compare` have in common. */
export function addLoadOptions(command: Command): Command {
  command
    .option('--scenario <name|file>', 'scenario to run; may be given again', collect, [])
    .option('--batches <n>', 'number of batches', parseCount('--batches'))
    .option('--slots <n>', 'slots of each batch', parseCount('--slots'))
    .option('--contents <n>', 'distinct contents of the whole run', parseCount('--contents'))
    .option('--deliveries <n>', 'how often each content is delivered', parseCount('--deliveries'))
    .option('--workers <n>', 'worker processes', parseCount('--workers'))
    .option('--connections <n>', 'connections of each worker', parseCount('--connections'))
    .option('--bulk <n>', 'contents that one call assigns: cte and inventory', parseCount('--bulk'))
    .option('--duration <time>', 'length of closed-loop scenarios, e.g. 5s, 500ms', parseDuration)
    .addOption(
      new Option('--timeout <time>', 'deadline of one call, with its retries')
        .argParser(parseTimeout)
        .default(10_000, '10s'),
    )
    .option('--seed <n>', 'repeat the workload of an earlier run', parseSeed)
    .option('--fault <kind[@time]>', 'break something while the load runs; may be given again', collectFault)
    .option('--rtt-ms <n>', 'network round-trip time to simulate, in milliseconds', parseRtt)
    .option(
      '--restart-command <command>',
      'how the fault restart-server restarts a server that is not embedded',
    )
    .option('--keep', "leave the run's batches in the database")
    .option('--allow-inconclusive', 'an unknown verdict or an inconclusive check does not fail the command');
  return addOutputOptions(addConnectionOptions(command));
}

/** The counts that flags gave. */
export function toOverrides(flags: LoadFlags): ScenarioOverrides {
  const { batches, slots, contents, deliveries, workers, connections, bulk } = flags;
  const { duration: durationMs, fault: faults, rttMs } = flags;
  return { batches, slots, contents, deliveries, workers, connections, bulk, durationMs, faults, rttMs };
}

/** A random workload, unless a seed repeats one. */
export function seedOf(flags: LoadFlags): number {
  return flags.seed ?? Math.floor(Math.random() * 2 ** 32);
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

function collectFault(text: string, earlier: Fault[] = []): Fault[] {
  return [...earlier, parseFaultFlag(text)];
}

function parseRtt(text: string): number {
  const rttMs = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rttMs <= MAX_RTT_MS) return rttMs;
  throw new UsageError('invalid_rtt', `--rtt-ms is ${JSON.stringify(text)}; accepted: ${RTT_ACCEPTED}`);
}

/** A parser of whole numbers from 1; for a scenario's counts, its rules say how large they may be. */
export function parseCount(flag: string, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
    const accepted =
      most < Number.MAX_SAFE_INTEGER ? `a whole number, 1 to ${most}` : 'a whole number, 1 or more';
    throw new UsageError('invalid_count', `${flag} is ${JSON.stringify(text)}; accepted: ${accepted}`);
  };
}

const MAX_SEED = 2 ** 32 - 1;

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= MAX_SEED) return seed;
  throw new UsageError(
    'invalid_seed',
    `--seed is ${JSON.stringify(text)}; accepted: a whole number, 0 to ${MAX_SEED}`,
  );
}

function parseTimeout(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError('invalid_timeout', error.message.replace('--duration', '--timeout'), {
      cause: error,
    });
  }
}
