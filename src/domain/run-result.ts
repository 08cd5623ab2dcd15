import type { FaultResult } from './fault.js';
import type { Arrival, Load, NOT_IN_PLAN } from './load.js';
import type { Measured } from './measured.js';
import type { RolloutResult, RolloutSummary } from './rollout.js';
import type { Sweep } from './sweep.js';
import type { TimelineEntry } from './timeline.js';

/** Correct, proven wrong, or not told by the evidence. */
export type Verdict = 'valid' | 'invalid' | 'unknown';

/** Percentiles of a latency distribution, in microseconds. */
export interface LatencyMicros {
  readonly mean: Measured;
  readonly min: Measured;
  readonly p50: Measured;
  readonly p75: Measured;
  readonly p90: Measured;
  readonly p95: Measured;
  readonly p99: Measured;
  readonly p999: Measured;
  readonly max: Measured;
}

/** A point of a latency distribution: this share of the calls took no longer than `micros`. */
export interface LatencyPoint {
  /** 0 to 100. */
  readonly percentile: number;
  readonly micros: number;
}

/** How a load went over time, in columns: one element for each interval from the barrier's release on. */
export interface TimeSeries {
  readonly intervalMs: number;
  /** Calls that ended in the interval, whatever their outcome. */
  readonly calls: readonly number[];
  /** Those of them that ended without a definite answer or with an error. */
  readonly failures: readonly number[];
  /** Of the calls that ended in the interval, from the intended start; null where none did. */
  readonly p50Micros: readonly (number | null)[];
  readonly p95Micros: readonly (number | null)[];
}

/** How late an event loop was, in microseconds; NaN where the load was too short to tell. */
export interface LagMicros {
  readonly p50: Measured;
  readonly p99: Measured;
  readonly max: Measured;
}

/** What the load cost the tool itself; NaN where no worker process lived to tell. */
export interface ClientCost {
  /** CPU of the worker processes, user and system, for each call that they made. */
  readonly cpuMicrosPerCall: Measured;
  /** Of the worker whose event loop was late the most. */
  readonly eventLoopLagMicros: LagMicros;
  /** Event loop utilization, 0 to 1, of the busiest worker: its loop waited for nothing, or only for a CPU. */
  readonly busiestWorker: Measured;
  /** CPUs that the busiest worker got: near 1 it worked all the time, far less than 1 it waited for a CPU. */
  readonly busiestWorkerCpus: Measured;
  /**
   * Whether a worker was never idle, over half a second or more: answers of the server waited for the tool, which
   * set the pace. Null: nothing is said over less time, nor where no worker lived to tell.
   */
  readonly saturated: boolean | null;
}

export interface Outcomes {
  readonly created: number;
  readonly reused: number;
  /** Of a target that cannot tell the two apart. */
  readonly assigned: number;
  readonly noSlot: number;
  readonly error: number;
  readonly unknown: number;
  /** Those of `created` whose reply was lost first. */
  readonly recovered: number;
}

/** A row that proves a violation: readable keys and values. */
export type Witness = Readonly<Record<string, string | number | boolean | null>>;

/** One invariant and whether it held; at most a few witnesses are kept. */
export interface InvariantResult {
  /** As docs/targets.md lists them, or of an audit of the target. */
  readonly name: string;
  /** Whether it held; false also where what was found proves nothing (`excused`). */
  readonly passed: boolean;
  /** What was found may follow from what the notes say (calls are missing, commits were lost): it proves nothing. */
  readonly excused?: true | undefined;
  /** Rows and calls that prove it; at most a few. */
  readonly witnesses: readonly Witness[];
  /** The fewest calls that prove one violation, in the order of their starts, with the faults among them. */
  readonly timeline: readonly TimelineEntry[];
}

/** What an invariant was not asked, for its evidence cannot show it. */
export interface NotAsked {
  /** Of the invariant. It is among the invariants only where it was asked of the rest, or violated all the same. */
  readonly name: string;
  /** Of what it was not asked and why, one line. */
  readonly reason: string;
}

/** A threshold and whether the run kept it. */
export interface GateResult {
  /** As the scenario or the flag wrote it. */
  readonly expression: string;
  /** The observed values, written as the gate writes them, e.g. `p95 = 12.3ms`. */
  readonly observed: string;
  /** Whether it holds of the observed values. */
  readonly passed: boolean;
}

/** What the target counts of the run's batches once quiet, summed over them, by its own names. */
export type BatchTotals = Readonly<Record<string, number>>;

/** One scenario under one strategy, once. */
export interface RunResult {
  /** Its name. */
  readonly scenario: string;
  /** The name of the target. */
  readonly strategy: string;
  /** Whether calls with the same batch and content were serialized by an advisory lock. */
  readonly advisoryLocks: boolean;
  /** Worker processes. */
  readonly workers: number;
  /** Connections of each worker. */
  readonly connections: number;
  /** From 1. */
  readonly round: number;
  /** Whether it came to its end; false: a signal or a failure of the surroundings cut it off. */
  readonly complete: boolean;
  /** Whether the target was found correct; `unknown` where the evidence does not tell. */
  readonly verdict: Verdict;
  /** Why the verdict is not `valid`, or what the reader should know (slots ran out); one line each. */
  readonly notes: readonly string[];
  /** The load that was to be put on. */
  readonly plan: Omit<Load, (typeof NOT_IN_PLAN)[number]> & {
    /** How calls arrive. */
    readonly arrival: Arrival;
    /** Repeats the order of the deliveries. */
    readonly seed: number;
  };
  /** Calls delivered. */
  readonly assignments: number;
  /** Calls that should end as created or reused; where a duration ended the run, of those that were made. */
  readonly expectedSuccesses: number;
  /** How the calls ended. */
  readonly outcomes: Outcomes;
  /**
   * Contents that were told of a slot, or calls where a content may hold several; only where some answers do not tell
   * whether it was given then (`assigned`). Gates read `created` by it.
   */
  readonly holders?: number | undefined;
  /** Calls that ended as `error`, by their codes. */
  readonly errorsByCode: Readonly<Record<string, number>>;
  /** Attempts that were made again within calls, by the reasons. */
  readonly retriesByCode: Readonly<Record<string, number>>;
  /** What the target counted besides, by its own names. */
  readonly counters: Readonly<Record<string, number>>;
  /** What was broken on purpose, in the order of its moments. */
  readonly faults: readonly FaultResult[];
  /**
   * How often a strategy was tried: calls, `redeliveries`, and what the engine tried again, which is `retriesByCode`. One
   * that was tried again for many contents at once (`plan.bulk`) counts once.
   */
  readonly attempts: number;
  /** Calls that were delivered again: lost with their worker, or without a definite answer when the load ended. */
  readonly redeliveries: number;
  /** Calls on batches of their own by which a closed loop warmed up before it; no other figure counts them. */
  readonly warmUpCalls: number;
  /** What killed workers left and the next deliveries repaired. */
  readonly repairs: {
    /** Slots that were taken while the rest of the call was missing. */
    readonly orphans: number;
    /** Full batches that nobody had completed. */
    readonly completions: number;
  };
  /** Of a scenario with a rollout alone. */
  readonly rollout?: RolloutResult | undefined;
  /** Null where the database could not be asked after the load. */
  readonly batchTotals: BatchTotals | null;
  /** From the intended start: what a caller waited. */
  readonly latencyMicros: LatencyMicros;
  /** From the moment a connection was free for the call. */
  readonly serviceTimeMicros: LatencyMicros;
  /** In an open loop: from the intended start to the real one. */
  readonly scheduleLagMicros?: LatencyMicros | undefined;
  /** In an open loop: calls that its schedule has for each second, over its whole time or until its deliveries end. */
  readonly duePerSecond?: Measured | undefined;
  /** With a latency limit: calls of the load that ended later than it after their intended start. */
  readonly late?: number | undefined;
  /** With a latency limit: calls that were never made, because it had passed when a connection was free. */
  readonly skipped?: number | undefined;
  /** Of the latency; percentiles rise as far as there are calls beyond them. */
  readonly latencyDistribution: readonly LatencyPoint[];
  /** How calls and latency went on, interval by interval. */
  readonly timeSeries: TimeSeries;
  /** From the first start to the last end of a call. */
  readonly durationMs: number;
  /** Calls that ended, for each second. */
  readonly throughputPerSecond: Measured;
  /** What a call cost on the way and on the server, on average. */
  readonly cost: {
    /** Between worker and server; null where they are not counted. */
    readonly roundTripsPerAssignment: Measured;
    /** Of the whole server while the load ran; null where the role or the server cannot tell, or it was not asked. */
    readonly walBytesPerAssignment: number | null;
    /**
     * Of every statement of the role in the database while the load ran, by pg_stat_statements; null where it
     * cannot be read or lost counters meanwhile. Pages found in shared buffers, and pages changed first.
     */
    readonly buffersHitPerAssignment: number | null;
    /** As `buffersHitPerAssignment`, of pages changed first. */
    readonly buffersDirtiedPerAssignment: number | null;
    /** Wall-clock time in the executor, waits for locks included; neither planning nor the flush of a commit. */
    readonly serverExecutionMicrosPerAssignment: number | null;
  };
  /** What a call cost in the workers. */
  readonly client: ClientCost;
  /** What was asked of the calls and of the database. */
  readonly invariants: readonly InvariantResult[];
  /** What no invariant was asked; it does not change the verdict. */
  readonly notAsked: readonly NotAsked[];
  /** The thresholds, judged. */
  readonly gates: readonly GateResult[];
  /** Whether the verdict is `valid` and every gate was kept. */
  readonly passed: boolean;
}

/** What stands between the tool and the server: nothing, or a pooler that lends a backend for so long. */
export type Pooling = 'none' | 'session' | 'transaction';

/** The server and the machine that a result was measured on. */
export interface Environment {
  readonly postgresVersion: string;
  readonly pooling: Pooling;
  /** Whether statements were prepared once for each connection, not anew for each call (`--no-prepare`). */
  readonly preparedStatements: boolean;
  readonly nodeVersion: string;
  readonly cpus: number;
  readonly embedded: boolean;
  readonly synchronousCommit: string;
  readonly fsync: string;
  readonly fullPageWrites: string;
  readonly autovacuum: string;
}

/** A metric of one strategy divided by the baseline's, over paired rounds. */
export interface Ratio {
  readonly scenario: string;
  readonly strategy: string;
  readonly advisoryLocks: boolean;
  readonly metric: 'throughput' | 'mean' | 'p50' | 'p95' | 'p99';
  /** Geometric mean of the ratios of the paired rounds. */
  readonly ratio: number;
  /** Interval for the true ratio. */
  readonly low: number;
  readonly high: number;
  /** Probability that an interval made as [low, high] holds the true ratio: 0.95 or more, less with under 6 rounds. */
  readonly confidence: number;
}

export interface ComparisonCheck {
  readonly name: string;
  /** `passed` and `failed` are both proven at the level of the check; what is not is `inconclusive`. */
  readonly result: 'passed' | 'failed' | 'inconclusive';
  readonly observed: string;
}

/** Whether the throughput of one strategy is above or below the baseline's. */
export interface Claim {
  readonly scenario: string;
  readonly strategy: string;
  readonly advisoryLocks: boolean;
  readonly result: 'faster' | 'slower' | 'inconclusive';
  /** Adjusted for all claims of the report: what it is at most `claimsLevel` for is claimed. */
  readonly pValue: number;
  /** Paired rounds that it rests on. */
  readonly rounds: number;
}

/** How sure a comparison is of what it says, and how many rounds that takes. */
export interface ErrorLevels {
  /** Probability that any of the checks passes or fails wrongly. */
  readonly checkLevel: number;
  /** Probability that any of the claims is false. */
  readonly claimsLevel: number;
  readonly roundsToCheck: number;
  /** For the first claim, were it made of every row. */
  readonly roundsToClaim: number;
}

export interface Comparison {
  /** The strategy that every ratio is divided by. */
  readonly baseline: string;
  /** In the order in which they were named. */
  readonly strategies: readonly string[];
  /** Most rounds of any scenario. */
  readonly rounds: number;
  readonly ratios: readonly Ratio[];
  readonly checks: readonly ComparisonCheck[];
  readonly claims: readonly Claim[];
  readonly levels: ErrorLevels;
  /** What makes the figures doubtful: outliers, a saturated client, settings that changed; one line each. */
  readonly warnings: readonly string[];
}

/** A result against an earlier one, which `--baseline` names. */
export interface BaselineComparison {
  /** When the earlier one was measured, ISO 8601. */
  readonly measuredAt: string;
  readonly checks: readonly ComparisonCheck[];
  /** What differs from the earlier one or is not in it; one line each. */
  readonly warnings: readonly string[];
}

/** The whole answer of `run` or `compare`: what every report is made from. */
export interface Report {
  readonly environment: Environment;
  readonly runs: readonly RunResult[];
  /** How many runs were to be made; more than there are where the work ended early. */
  readonly plannedRuns: number;
  readonly comparison?: Comparison | undefined;
  readonly sweep?: Sweep | undefined;
  readonly rollout?: RolloutSummary | undefined;
  readonly baseline?: BaselineComparison | undefined;
  readonly verdict: Verdict;
  readonly passed: boolean;
  /** Set when a signal ended the work early: the runs are partial. */
  readonly interrupted?: StopSignal | undefined;
  /** Set when the surroundings failed (a worker died, the database went away): the runs are those until then. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';
