import * as z from 'zod';
import { FAULT_KINDS, type Fault } from '../domain/fault.js';
import { SPACINGS, type Load, type Slots, type Stage } from '../domain/load.js';
import type { SweptParameter } from '../domain/sweep.js';
import { DURATION_ACCEPTED, durationMillis, parseDuration, parseDurationOf } from './duration.js';
import { FAULT_ACCEPTED, parseFault, parseFaultFlag } from './fault.js';
import {
  parseCount,
  parseRtt,
  parseSlots,
  parseSpacing,
  parseWire,
  MAX_RTT_MS,
  MAX_SLOTS,
  RTT_ACCEPTED,
  SLOTS_ACCEPTED,
  WIRE_ACCEPTED,
} from './flag-values.js';
import {
  MAX_RATE,
  MAX_STAGES,
  parseStages,
  STAGE_DURATION_ACCEPTED,
  stageMillis,
  STAGES_ACCEPTED,
  toStages,
} from './stages.js';

/** What one run may hold: the limits of a scenario's products, checked in rules.ts. */
export const MAX_TOTAL_SLOTS = 10_000_000;
export const MAX_TOTAL_DELIVERIES = 10_000_000;

/** How a field is given on the command line. */
export interface LoadFlag {
  /** As commander takes it, e.g. `--slots <n>`. */
  readonly usage: string;
  readonly help: string;
  /**
   * Reads the value; `earlier` is what the same flag gave before, where it may be given again.
   *
   * @throws UsageError that names the flag
   */
  readonly parse: (text: string, earlier?: never) => unknown;
  /** Whether it may be given again, and adds to what it gave before. */
  readonly repeats?: true;
  /** Values that are known beforehand, for completion. */
  readonly words?: readonly string[];
}

/**
 * One field of a load. Scenario files, configuration files, flags, overrides, sweeps, baselines and completion are
 * derived from these.
 *
 * @typeParam Schema of the field in a scenario file, optional or with its default where it may be left out
 */
export interface LoadField<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** The name of the field in `Load`, where src/domain/load.ts says what it means and how reports say it. */
  readonly scenario: keyof Load;
  /** The scenario's value of what a file says. */
  readonly fromFile: (given: never) => unknown;
  /** What a file would say of the scenario's value; missing: the same. */
  readonly toFile?: (value: never) => unknown;
  /** What editors show of it in a configuration file. */
  readonly description: string;
  readonly flag: LoadFlag;
  /** The scenario's value as the flag would be given, for messages. */
  readonly show: (value: never) => string;
  /** Whether `--sweep` may vary it: of whole numbers. */
  readonly sweeps: boolean;
}

// Every `error` below says what is accepted; invalid.ts puts the field and what was given before it.

/** A whole number of a file. */
export function wholeNumber(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A time of a file, e.g. `5s`. */
export function duration(
  accepted = DURATION_ACCEPTED,
  read: (text: string) => number | undefined = durationMillis,
) {
  return z.string({ error: accepted }).refine((given) => read(given) !== undefined, { error: accepted });
}

/** A duration as a file says it. */
function inMillis(millis: number): string {
  return `${millis}ms`;
}

interface CountWords {
  readonly help: string;
  readonly description: string;
}

/** A whole number from 1, called the same in files and scenarios, and in flags but for their form: `--two-words`. */
function count<Schema extends z.ZodType, Name extends SweptParameter>(
  name: Name,
  max: number,
  give: (schema: ReturnType<typeof wholeNumber>) => Schema,
  words: CountWords,
): LoadField<Schema> & { readonly scenario: Name } {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return {
    schema: give(wholeNumber(1, max)),
    scenario: name,
    fromFile: (given: number) => given,
    description: words.description,
    flag: { usage: `${flag} <n>`, help: words.help, parse: parseCount(flag, max) },
    show: (value: number) => `${flag} ${value}`,
    sweeps: true,
  };
}

const SLOTS_ERROR = { error: SLOTS_ACCEPTED };
const slotNumber = z.number(SLOTS_ERROR).int(SLOTS_ERROR).min(1, SLOTS_ERROR).max(MAX_SLOTS, SLOTS_ERROR);

const stage = z.strictObject(
  { rate: wholeNumber(0, MAX_RATE), duration: duration(STAGE_DURATION_ACCEPTED, stageMillis) },
  { error: 'a stage such as {"rate": 100, "duration": "5s"}' },
);
const FAULTS_ACCEPTED = 'a list of at most 20 faults';
const fault = z
  .string({ error: FAULT_ACCEPTED })
  .refine((given) => parseFault(given) !== undefined, { error: FAULT_ACCEPTED });

/** The fields of a load by their names in files, in the order in which help and schemas show them. */
export const LOAD_FIELDS = {
  batches: count('batches', 100_000, (number) => number.default(1), {
    help: 'number of batches',
    description: 'Number of batches.',
  }),
  slots: {
    schema: z.union(
      [slotNumber, z.array(slotNumber, SLOTS_ERROR).min(1, SLOTS_ERROR).max(100, SLOTS_ERROR)],
      SLOTS_ERROR,
    ),
    scenario: 'slots',
    fromFile: (given: Slots) => given,
    description: 'Slots of each batch, or a list that is repeated over the batches.',
    flag: {
      usage: '--slots <n,...>',
      help: 'slots of each batch, or a list that is repeated over the batches, e.g. 2,30',
      parse: parseSlots,
    },
    show: (slots: Slots) => `--slots ${[slots].flat().join()}`,
    sweeps: true,
  },
  contents: count('contents', MAX_TOTAL_DELIVERIES, (number) => number.optional(), {
    help: 'distinct contents of the whole run',
    description: 'Distinct contents of a whole run.',
  }),
  deliveries: count('deliveries', MAX_TOTAL_DELIVERIES, (number) => number.default(1), {
    help: 'how often each content is delivered',
    description: 'How often each content is delivered.',
  }),
  workers: count('workers', 64, (number) => number.default(3), {
    help: 'worker processes',
    description: 'Worker processes.',
  }),
  connections: count('connections', 256, (number) => number.default(8), {
    help: 'connections of each worker',
    description: 'Connections of each worker.',
  }),
  bulk: count('bulk', 1_000, (number) => number.default(1), {
    help: 'contents that one call assigns, where the strategy can',
    description: 'Contents that one call assigns.',
  }),
  duration: {
    schema: duration().optional(),
    scenario: 'durationMs',
    fromFile: durationMillis,
    toFile: inMillis,
    description: 'Length of closed and open loops, e.g. 5s.',
    flag: {
      usage: '--duration <time>',
      help: 'length of closed and open loops, e.g. 5s, 500ms',
      parse: parseDuration,
    },
    show: (millis: number) => `--duration ${inMillis(millis)}`,
    sweeps: false,
  },
  rate: count('rate', MAX_RATE, (number) => number.optional(), {
    help: "calls per second of all workers together, whatever the answers take, e.g. 500 (default: none, the scenario's arrival)",
    description: 'Calls per second of all workers together: makes an open loop of every scenario.',
  }),
  spacing: {
    schema: z.enum(SPACINGS, { error: '"poisson" or "constant"' }).optional(),
    scenario: 'spacing',
    fromFile: (given: string) => given,
    description: 'Gaps between the calls of open loops.',
    flag: {
      usage: '--spacing <kind>',
      help: 'gaps between the calls of an open loop, poisson or constant (default: poisson)',
      parse: parseSpacing,
      words: SPACINGS,
    },
    show: (spacing: string) => `--spacing ${spacing}`,
    sweeps: false,
  },
  stages: {
    schema: z
      .array(stage, { error: STAGES_ACCEPTED })
      .min(1, { error: STAGES_ACCEPTED })
      .max(MAX_STAGES, { error: STAGES_ACCEPTED })
      .optional(),
    scenario: 'stages',
    fromFile: toStages,
    toFile: (stages: readonly Stage[]) =>
      stages.map(({ rate, durationMs }) => ({ rate, duration: inMillis(durationMs) })),
    description: 'Ramps of open loops from the rate on; they take the place of a duration.',
    flag: {
      usage: '--stages <rate:time,...>',
      help: 'ramps of an open loop from --rate on, e.g. 1000:5s,2000:0s,2000:5s; 0s is a jump (default: none)',
      parse: parseStages,
    },
    show: (stages: readonly Stage[]) =>
      `--stages ${stages.map(({ rate, durationMs }) => `${rate}:${durationMs}ms`).join()}`,
    sweeps: false,
  },
  latencyLimit: {
    schema: duration().optional(),
    scenario: 'latencyLimitMs',
    fromFile: durationMillis,
    toFile: inMillis,
    description:
      'Calls of open loops that end later are late; those that could only start later are skipped.',
    flag: {
      usage: '--latency-limit <time>',
      help: 'count calls of an open loop that end later as late, skip those that could only start later, e.g. 100ms (default: none)',
      parse: parseDurationOf('--latency-limit', 'invalid_latency_limit'),
    },
    show: (millis: number) => `--latency-limit ${inMillis(millis)}`,
    sweeps: false,
  },
  faults: {
    schema: z.array(fault, { error: FAULTS_ACCEPTED }).max(20, { error: FAULTS_ACCEPTED }).default([]),
    scenario: 'faults',
    fromFile: (given: readonly string[]) => given.map(parseFaultFlag),
    description: 'What is broken on purpose, e.g. kill-worker@1s.',
    flag: {
      usage: '--fault <kind[@time]>',
      help: 'break something while the load runs; may be given again',
      repeats: true,
      parse: (text: string, earlier: readonly Fault[] = []) => [...earlier, parseFaultFlag(text)],
      words: FAULT_KINDS,
    },
    show: (faults: readonly Fault[]) => faults.map(({ kind }) => `--fault ${kind}`).join(' '),
    sweeps: false,
  },
  rttMs: {
    schema: z
      .number({ error: RTT_ACCEPTED })
      .min(0, { error: RTT_ACCEPTED })
      .max(MAX_RTT_MS, { error: RTT_ACCEPTED })
      .default(0),
    scenario: 'rttMs',
    fromFile: (given: number) => given,
    description: 'Network round-trip time to simulate, in milliseconds.',
    flag: {
      usage: '--rtt-ms <n>',
      help: 'network round-trip time to simulate, in milliseconds',
      parse: parseRtt,
    },
    show: (rttMs: number) => `--rtt-ms ${rttMs}`,
    sweeps: false,
  },
  wire: {
    schema: z.boolean({ error: WIRE_ACCEPTED }).default(false),
    scenario: 'wire',
    fromFile: (given: boolean) => given,
    description:
      "Whether workers go by way of the tool's own proxy of PostgreSQL's protocol, which counts round trips; rttMs and most faults do in any case.",
    flag: {
      usage: '--wire',
      help: "have workers go by way of the tool's own proxy of PostgreSQL's protocol, which counts round trips (--rtt-ms and most faults do)",
      parse: parseWire,
    },
    show: () => '--wire',
    sweeps: false,
  },
} as const satisfies Readonly<Record<string, LoadField>>;

type None<Fields extends never> = Fields;
/** The compiler names here the fields of `Load` that have no line above. */
export type WithoutLine = None<
  Exclude<keyof Load, (typeof LOAD_FIELDS)[keyof typeof LOAD_FIELDS]['scenario']>
>;

/** A field of a load, as files name it. */
export type LoadFieldName = keyof typeof LOAD_FIELDS;

/** Every field of a load with its name in files. */
export const LOAD_FIELD_LIST = Object.entries(LOAD_FIELDS) as unknown as readonly (readonly [
  LoadFieldName,
  LoadField,
])[];

/** The flag of a field, such as `--rtt-ms`. */
export function flagOf({ flag }: LoadField): string {
  return flag.usage.split(' ', 1)[0] ?? '';
}

/** The fields whose values `--sweep` may vary. */
export const SWEPT_FIELDS = LOAD_FIELD_LIST.filter(([, { sweeps }]) => sweeps).map(
  ([, { scenario }]) => scenario as SweptParameter,
);
