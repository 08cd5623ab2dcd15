import type { Fault } from './fault.js';
import type { IdForm } from './promises.js';

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

/** What an open loop has besides. */
export interface OpenLoop {
  /** Calls per second of all workers together, at the start where there are stages. */
  readonly rate?: number | undefined;
  readonly spacing?: Spacing | undefined;
  /** They last as long as the run. */
  readonly stages?: readonly Stage[] | undefined;
  /** A call that ends later after its intended start is late; one that could only start later is skipped. */
  readonly latencyLimitMs?: number | undefined;
}

/** From then on, worker after worker, calls go to another strategy. */
export interface RolloutStep {
  /** After the barrier's release. */
  readonly atMs: number;
  /** The name of what it changes to. */
  readonly strategy: string;
}

/** How a run changes its strategy while the load goes on, as a rolling deployment does. */
export interface Rollout {
  /** In the order of their times. */
  readonly steps: readonly RolloutStep[];
}

/** Slots of each batch; of a list the batches take one after the other, from its beginning again. */
export type Slots = number | readonly number[];

/** What tells how many slots a load has. */
export interface SlotsOfBatches {
  readonly batches: number;
  readonly slots: Slots;
}

/** @param batch its position, from 0 */
export function slotsOfBatch({ slots }: Pick<SlotsOfBatches, 'slots'>, batch: number): number {
  return typeof slots === 'number' ? slots : (slots[batch % slots.length] ?? 0);
}

/** Of all batches together. */
export function totalSlots(load: SlotsOfBatches): number {
  if (typeof load.slots === 'number') return load.batches * load.slots;
  let total = 0;
  for (let batch = 0; batch < load.batches; batch++) total += slotsOfBatch(load, batch);
  return total;
}

/** What a load has many of: whole numbers from 1. */
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
  /** Most deliveries that one call of `assignMany` makes; 1: each delivery is a call of `assign`. */
  readonly bulk: number;
}

/** The shape of a load, as a scenario file states it (scenarios/*.json) and flags override it. */
export interface Scenario extends LoadCounts, OpenLoop {
  readonly name: string;
  readonly description: string;
  readonly arrival: Arrival;
  /**
   * Stop after this time, or when every delivery was made; an open loop ends with the calls due by then. With a rollout:
   * not before its last switch is over.
   */
  readonly durationMs?: number | undefined;
  /** What is broken on purpose while the load runs. */
  readonly faults: readonly Fault[];
  /** The run begins with the strategy that it was given, and ends with that of the last step. */
  readonly rollout?: Rollout | undefined;
  /** Round-trip time that the tool's own proxy adds between workers and server. 0: no proxy. */
  readonly rttMs: number;
  /** Gate expressions, e.g. `p95 < 500ms`. */
  readonly gates: readonly string[];
  /** Those of the gates that were asked for besides the scenario's own. */
  readonly demandedGates?: readonly string[] | undefined;
  /** What `compare` tests over paired rounds where both strategies ran, e.g. `a.throughput >= 0.95 * b.throughput`. */
  readonly checks?: readonly string[] | undefined;
}

/** What is said of a scenario beside its load. */
export type Named = 'name' | 'description' | 'arrival' | 'rollout' | 'gates' | 'demandedGates' | 'checks';

/** What flags say of a scenario's load; undefined where they say nothing. */
export type ScenarioOverrides = {
  readonly [Field in keyof Omit<Scenario, Named>]?: Scenario[Field] | undefined;
};

/** What is delivered, as a pure function of a scenario, a run and a seed. */
export interface WorkloadPlan {
  readonly scenario: Scenario;
  readonly runId: string;
  readonly seed: number;
  readonly batchIds: readonly string[];
  /** What the ids of contents look like. */
  readonly contentIds: IdForm;
  /** contents × deliveries. */
  readonly totalDeliveries: number;
}

/** The part of a plan that one worker delivers: it can compute its deliveries from this alone. */
export interface WorkerSlice {
  readonly plan: WorkloadPlan;
  readonly workerIndex: number;
}

/** One delivery of one content. */
export interface Delivery {
  /** Position in the whole plan; unique in a run. */
  readonly index: number;
  /** Position of the content, 0 … contents − 1. */
  readonly content: number;
  /** Position of its batch in `plan.batchIds`. */
  readonly batch: number;
  /** In an open loop: when it is due, in microseconds after the barrier's release. */
  readonly dueMicros?: number | undefined;
}
