import type { Fault } from './fault.js';

/**
 * How deliveries arrive: all at once, each connection its next when the last was answered, or at moments that a
 * schedule sets and no answer moves.
 */
export type Arrival = 'burst' | 'closed' | 'open';

/** How the calls of an open loop lie in time: as independent callers make them, or with equal gaps. */
export const SPACINGS = ['poisson', 'constant'] as const;
export type Spacing = (typeof SPACINGS)[number];

/** From the rate before to this one in a straight line; in no time: a jump. */
export interface Stage {
  /** Calls per second of all workers together. */
  readonly rate: number;
  readonly durationMs: number;
}

/** What an open loop alone has so many of: whole numbers from 1, which a sweep may vary. */
export interface OpenLoopCounts {
  /** Calls per second of all workers together, at the start where there are stages. */
  readonly rate?: number | undefined;
}

/** What an open loop has besides. */
export interface OpenLoop extends OpenLoopCounts {
  readonly spacing?: Spacing | undefined;
  /** They last as long as the run. */
  readonly stages?: readonly Stage[] | undefined;
  /** A call that ends later after its intended start is late; one that could only start later is skipped. */
  readonly latencyLimitMs?: number | undefined;
}

/** Slots of each batch; of a list the batches take one after the other, from its beginning again. */
export type Slots = number | readonly number[];

/** What tells how many slots a load has. */
export type SlotsOfBatches = Pick<Load, 'batches' | 'slots'>;

/** @param batch its position, from 0 */
export function slotsOfBatch({ slots }: Pick<Load, 'slots'>, batch: number): number {
  return typeof slots === 'number' ? slots : (slots[batch % slots.length] ?? 0);
}

/** Of all batches together. */
export function totalSlots(load: SlotsOfBatches): number {
  if (typeof load.slots === 'number') return load.batches * load.slots;
  let total = 0;
  for (let batch = 0; batch < load.batches; batch++) total += slotsOfBatch(load, batch);
  return total;
}

/** What a load has many of: whole numbers from 1, which a sweep may vary. */
export interface LoadCounts {
  readonly batches: number;
  readonly slots: Slots;
  /** Distinct contents of the whole run, dealt to the batches in turn. */
  readonly contents: number;
  /** How often each content is delivered. */
  readonly deliveries: number;
  readonly workers: number;
  /** Connections of each worker, and calls it has in flight. */
  readonly connections: number;
  /** Most deliveries that one call makes; 1: each is a call of its own. */
  readonly bulk: number;
}

/** A load: what a scenario file and flags say of it. */
export interface Load extends LoadCounts, OpenLoop {
  /**
   * Stop after this time, or when every delivery was made; an open loop ends with the calls due by then. With a rollout:
   * not before its last switch is over.
   */
  readonly durationMs?: number | undefined;
  /** What is broken on purpose while the load runs. */
  readonly faults: readonly Fault[];
  /** Round-trip time that the wire adds between workers and server. */
  readonly rttMs: number;
  /**
   * Whether the tool's own proxy of PostgreSQL's protocol, the wire, stands between workers and server: wherever `rttMs` or a
   * fault needs it, too.
   */
  readonly wire: boolean;
}

const OF_OPEN_LOOPS: Readonly<Record<keyof OpenLoop, true>> = {
  rate: true,
  spacing: true,
  stages: true,
  latencyLimitMs: true,
};

/** The fields that an open loop alone may have. */
export const OPEN_LOOP_FIELDS = Object.keys(OF_OPEN_LOOPS) as readonly (keyof OpenLoop)[];

/** The fields of a load that the plan of a result does not repeat: the result says them by itself. */
export const NOT_IN_PLAN = ['workers', 'connections', 'durationMs', 'faults'] as const;

/** The fields for which reports have a phrase of several, or a place of their own. */
type SaidTogether =
  | 'batches'
  | 'slots'
  | 'contents'
  | 'deliveries'
  | 'rate'
  | 'spacing'
  | 'stages'
  | (typeof NOT_IN_PLAN)[number];

/** A field of a load that reports say by itself, in a part such as `bulk 8`. */
export type SaidAlone = Exclude<keyof Load, SaidTogether>;

/** How reports say a field of a load. */
export interface LoadWords {
  /** The value that goes without saying, as a field does that a load does not have. */
  readonly unsaid?: number | boolean;
  /** `time`: in milliseconds, shown as latencies are. Missing: as it is given. */
  readonly as?: 'time';
  /** @param value in words, or as a range such as `1–8` where runs of a sweep differ */
  readonly part: (value: string) => string;
}

/** How reports say each field that is said by itself, in their order. */
export const LOAD_WORDS: Readonly<Record<SaidAlone, LoadWords>> = {
  latencyLimitMs: { as: 'time', part: (limit) => `latency limit ${limit}` },
  bulk: { unsaid: 1, part: (bulk) => `bulk ${bulk}` },
  rttMs: { unsaid: 0, part: (rttMs) => `${rttMs} ms round-trip time added` },
  wire: { unsaid: false, part: () => 'by way of the wire' },
};
