import type { Arrival, Load } from './load.js';
import type { IdForm } from './promises.js';

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

/** The shape of a load, as a scenario file states it (scenarios/*.json) and flags override it. */
export interface Scenario extends Load {
  readonly name: string;
  readonly description: string;
  readonly arrival: Arrival;
  /** The run begins with the strategy that it was given, and ends with that of the last step. */
  readonly rollout?: Rollout | undefined;
  /** Gate expressions, e.g. `p95 < 500ms`. */
  readonly gates: readonly string[];
  /** Those of the gates that were asked for besides the scenario's own. */
  readonly demandedGates?: readonly string[] | undefined;
  /** What `compare` tests over paired rounds where both strategies ran, e.g. `a.throughput >= 0.95 * b.throughput`. */
  readonly checks?: readonly string[] | undefined;
}

/** What flags say of a scenario's load; undefined where they say nothing. */
export type ScenarioOverrides = { readonly [Field in keyof Load]?: Load[Field] | undefined };

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
