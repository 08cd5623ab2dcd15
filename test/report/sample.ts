import { runPlan } from '#els/app/run-plan.js';
import type { ClientCost, Environment, LatencyMicros, Report, RunResult } from '#els/domain/run-result.js';
import { onTestFailed } from 'vitest';
import { scenarioOf } from '../support/scenario.js';

/** Everything of a run that a test may want to state itself. */
export type RunOverrides = Partial<
  Omit<RunResult, 'outcomes' | 'plan' | 'latencyMicros' | 'cost' | 'client'>
> & {
  readonly outcomes?: Partial<RunResult['outcomes']>;
  readonly plan?: Partial<RunResult['plan']>;
  readonly latencyMicros?: Partial<LatencyMicros>;
  readonly cost?: Partial<RunResult['cost']>;
  readonly client?: Partial<ClientCost>;
};

export const ENVIRONMENT: Environment = {
  postgresVersion: '18.4',
  pooling: 'none',
  preparedStatements: true,
  nodeVersion: 'v20.19.5',
  cpus: 2,
  embedded: true,
  synchronousCommit: 'on',
  fsync: 'on',
  fullPageWrites: 'on',
  autovacuum: 'on',
};

export interface Sampler {
  /** A whole number, lowest … highest. */
  readonly integer: (lowest: number, highest: number) => number;
  /** A clean, passed burst of random size, but for the overrides. */
  readonly run: (overrides?: RunOverrides) => RunResult;
}

/** Random but repeatable runs; a failing test prints the seed, which `SEED=…` uses again. */
export function createSampler(): Sampler {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  onTestFailed(() => console.error(`repeat with SEED=${seed}`));
  const random = mulberry32(seed);
  const integer = (lowest: number, highest: number): number =>
    lowest + Math.floor(random() * (highest - lowest + 1));
  return { integer, run: (overrides = {}) => sampleRun(integer, overrides) };
}

/** A report of these runs, passed when all of them are. */
export function reportOf(runs: readonly RunResult[], overrides: Partial<Report> = {}): Report {
  const passed = runs.every((run) => run.passed);
  return { environment: ENVIRONMENT, runs, plannedRuns: runs.length, verdict: 'valid', passed, ...overrides };
}

function sampleRun(integer: Sampler['integer'], overrides: RunOverrides): RunResult {
  const { outcomes, plan, latencyMicros, cost, client, ...others } = overrides;
  const contents = integer(2, 500);
  return {
    scenario: 'high-concurrency',
    strategy: 'cte',
    advisoryLocks: false,
    workers: integer(2, 9),
    connections: integer(2, 16),
    round: 1,
    complete: true,
    verdict: 'valid',
    notes: [],
    plan: { ...runPlan(scenarioOf({ slots: contents, contents }), 42), ...plan },
    assignments: contents,
    expectedSuccesses: contents,
    outcomes: {
      created: contents,
      reused: 0,
      assigned: 0,
      noSlot: 0,
      error: 0,
      unknown: 0,
      recovered: 0,
      ...outcomes,
    },
    errorsByCode: {},
    retriesByCode: {},
    counters: { completionLooks: integer(1, 50) },
    faults: [],
    attempts: contents,
    redeliveries: 0,
    warmUpCalls: 0,
    repairs: { orphans: 0, completions: 0 },
    batchTotals: { taken: contents, available: 0, completed: 1, completionEvents: 1 },
    latencyMicros: { ...sampleLatency(integer), ...latencyMicros },
    serviceTimeMicros: sampleLatency(integer),
    latencyDistribution: [0, 50, 90, 99].map((percentile) => ({ percentile, micros: 100 + 20 * percentile })),
    timeSeries: {
      intervalMs: 100,
      calls: [contents, 0],
      failures: [0, 0],
      p50Micros: [800, null],
      p95Micros: [900, null],
    },
    durationMs: integer(10, 5000),
    throughputPerSecond: integer(100, 20_000),
    cost: {
      roundTripsPerAssignment: 1,
      walBytesPerAssignment: integer(300, 3000),
      buffersHitPerAssignment: integer(20, 200),
      buffersDirtiedPerAssignment: integer(1, 20),
      serverExecutionMicrosPerAssignment: integer(50, 900),
      ...cost,
    },
    client: {
      cpuMicrosPerCall: integer(40, 400),
      eventLoopLagMicros: { p50: 300, p99: 4_000, max: 9_000 },
      busiestWorker: 0.5,
      busiestWorkerCpus: 0.4,
      saturated: null,
      ...client,
    },
    invariants: [
      { name: 'one_created_per_content', passed: true, witnesses: [], timeline: [] },
      { name: 'no_essay_given_twice', passed: true, witnesses: [], timeline: [] },
    ],
    notAsked: [],
    gates: [{ expression: 'p95 < 500ms', observed: 'p95 = 12.3ms', passed: true }],
    passed: true,
    ...others,
  };
}

function sampleLatency(integer: Sampler['integer']): LatencyMicros {
  const min = integer(50, 900);
  return {
    mean: min * 4.2,
    min,
    p50: min * 4,
    p75: min * 5,
    p90: min * 7,
    p95: min * 9,
    p99: min * 20,
    p999: min * 40,
    max: min * 50,
  };
}

/** A small seeded random number generator; the source is public domain, by Tommy Ettinger. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
