import { z } from 'zod';
import { FAULT_KINDS } from '#els/domain/fault.js';
import type { Finished } from '../support/command-line.js';
import { expectPublishedSchema } from '../support/published-schema.js';

/*
 * The one JSON document of `run` and `compare`, with the names that scripts depend on and no others. What is
 * optional here may stand there besides.
 */

const count = z.number().int().min(0);
const measure = z.number().min(0);
const verdict = z.enum(['valid', 'invalid', 'unknown']);
const countsByCode = z.record(z.string(), count);

const latency = z
  .strictObject({
    mean: measure,
    min: measure,
    p50: measure,
    p75: measure,
    p90: measure,
    p95: measure,
    p99: measure,
    p999: measure,
    max: measure,
  })
  .refine(({ min, p50, p75, p90, p95, p99, p999, max }) => {
    const ordered = [min, p50, p75, p90, p95, p99, p999, max];
    return ordered.every((value, position) => value >= (ordered[position - 1] ?? 0));
  }, 'percentiles do not rise');

const plan = z.strictObject({
  batches: count,
  slots: z.union([count, z.array(count)]),
  contents: count,
  deliveries: count,
  arrival: z.enum(['burst', 'closed', 'open']),
  seed: count,
  bulk: count,
  rttMs: measure,
  wire: z.boolean(),
  rate: count.optional(),
  spacing: z.enum(['poisson', 'constant']).optional(),
  stages: z.array(z.strictObject({ rate: count, durationMs: count })).optional(),
  latencyLimitMs: count.optional(),
});

const fault = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  plannedMs: count,
  startMs: count,
  endMs: count,
  struck: z.boolean(),
  detail: z.string().min(1),
  left: z.strictObject({ orphans: count, uncompleted: count }),
});

const witness = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const latencyDistribution = z
  .array(z.strictObject({ percentile: measure.max(100), micros: measure }))
  .min(1)
  .refine(
    (points) =>
      points.every(({ percentile, micros }, position) => {
        const before = points[position - 1];
        return before === undefined || (percentile > before.percentile && micros >= before.micros);
      }),
    'the percentile curve does not rise',
  );

const timeSeries = z
  .strictObject({
    intervalMs: count.min(10),
    calls: z.array(count).max(120),
    failures: z.array(count),
    p50Micros: z.array(measure.nullable()),
    p95Micros: z.array(measure.nullable()),
  })
  .refine(
    ({ calls, failures, p50Micros, p95Micros }) =>
      [failures, p50Micros, p95Micros].every(({ length }) => length === calls.length),
    'the columns of the time series differ in length',
  );

const migration = z.strictObject({
  ...{ tookMs: measure, batches: count, slots: count, longestPauseMs: measure, processes: count },
});

const rollout = z.strictObject({
  phases: z.array(
    z.strictObject({
      ...{ strategy: z.string(), switchedFrom: z.string().nullable(), fromMs: count, toMs: measure },
      ...{ calls: count, throughputPerSecond: measure.nullable() },
      latencyMicros: z.strictObject({
        ...{ p50: measure.nullable(), p95: measure.nullable(), p99: measure.nullable() },
      }),
    }),
  ),
  switches: z.array(
    z.strictObject({
      ...{ from: z.string(), to: z.string(), plannedMs: count, startMs: count, endMs: count },
      ...{ changeMs: count, migration: migration.nullable(), longestCallMicros: measure.nullable() },
    }),
  ),
});

const runSchema = z.strictObject({
  scenario: z.string(),
  strategy: z.string(),
  advisoryLocks: z.boolean(),
  workers: count,
  connections: count,
  round: count,
  complete: z.boolean().optional(),
  verdict,
  plan,
  assignments: count,
  holders: count.optional(),
  outcomes: z.strictObject({
    created: count,
    reused: count,
    assigned: count,
    noSlot: count,
    error: count,
    unknown: count,
    recovered: count,
  }),
  errorsByCode: countsByCode,
  retriesByCode: countsByCode,
  counters: z.strictObject({
    completionLooks: count.optional(),
    lateAnswers: count.optional(),
    unclosed: count.optional(),
  }),
  faults: z.array(fault),
  ...{ attempts: count, redeliveries: count, warmUpCalls: count },
  repairs: z.strictObject({ orphans: count, completions: count }),
  rollout: rollout.optional(),
  latencyMicros: latency,
  durationMs: measure,
  throughputPerSecond: measure,
  cost: z.strictObject({
    roundTripsPerAssignment: measure.nullable(),
    walBytesPerAssignment: measure.nullable(),
    buffersHitPerAssignment: measure.nullable(),
    buffersDirtiedPerAssignment: measure.nullable(),
    serverExecutionMicrosPerAssignment: measure.nullable(),
  }),
  client: z.strictObject({
    cpuMicrosPerCall: measure.nullable(),
    eventLoopLagMicros: z.strictObject({
      p50: measure.nullable(),
      p99: measure.nullable(),
      max: measure.nullable(),
    }),
    busiestWorker: measure.max(1).nullable(),
    busiestWorkerCpus: measure.nullable(),
    saturated: z.boolean().nullable(),
  }),
  invariants: z.array(
    z.strictObject({
      name: z.string(),
      passed: z.boolean(),
      excused: z.literal(true).optional(),
      witnesses: z.array(witness),
      timeline: z.array(
        z.looseObject({ kind: z.enum(['call', 'fault']), startMicros: z.number(), endMicros: z.number() }),
      ),
    }),
  ),
  notAsked: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  gates: z.array(z.strictObject({ expression: z.string(), observed: z.string(), passed: z.boolean() })),
  passed: z.boolean(),
  notes: z.array(z.string()).default([]),
  expectedSuccesses: count.optional(),
  batchTotals: z
    .strictObject({
      taken: count.optional(),
      available: count.optional(),
      completed: count.optional(),
      completionEvents: count.optional(),
    })
    .nullable()
    .optional(),
  serviceTimeMicros: latency.optional(),
  scheduleLagMicros: latency.optional(),
  late: count.optional(),
  skipped: count.optional(),
  duePerSecond: z.number().positive().optional(),
  latencyDistribution,
  timeSeries,
});

const environment = z.strictObject({
  postgresVersion: z.string().min(1),
  pooling: z.literal('none'),
  preparedStatements: z.boolean(),
  nodeVersion: z.literal(process.versions.node),
  cpus: z.number().int().min(1),
  embedded: z.boolean(),
  synchronousCommit: z.string().min(1),
  fsync: z.enum(['on', 'off']),
  fullPageWrites: z.enum(['on', 'off']),
  autovacuum: z.string().min(1),
});

const comparison = z.strictObject({
  baseline: z.string(),
  strategies: z.array(z.string()),
  rounds: count,
  ratios: z.array(
    z.strictObject({
      scenario: z.string(),
      strategy: z.string(),
      advisoryLocks: z.boolean().optional(),
      metric: z.string(),
      ratio: measure,
      low: measure,
      high: measure,
      confidence: z.number().min(0).max(1),
    }),
  ),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      result: z.enum(['passed', 'failed', 'inconclusive']),
      observed: z.string(),
    }),
  ),
  claims: z.array(
    z.strictObject({
      scenario: z.string(),
      strategy: z.string(),
      advisoryLocks: z.boolean(),
      result: z.enum(['faster', 'slower', 'inconclusive']),
      pValue: z.number().min(0).max(1),
      rounds: count,
    }),
  ),
  levels: z.strictObject({
    checkLevel: z.number().min(0).max(1),
    claimsLevel: z.number().min(0).max(1),
    roundsToCheck: count,
    roundsToClaim: count,
  }),
  warnings: z.array(z.string()),
});

const baseline = z.strictObject({
  measuredAt: z.iso.datetime(),
  checks: comparison.shape.checks,
  warnings: z.array(z.string()),
});

const sweep = z.strictObject({
  parameter: z.string(),
  steps: z.array(
    z.strictObject({
      value: count,
      throughputPerSecond: measure,
      p95Micros: measure,
      clientSaturated: z.boolean().nullable(),
      achieved: z.boolean().optional(),
    }),
  ),
  knee: count.nullable(),
  clientSaturatedFrom: count.nullable(),
  clientUnsaturatedFrom: count.nullable(),
});

const head = {
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('els-assign'), version: z.string().regex(/^\d+\.\d+\.\d+/) }),
};
const answer = {
  ...head,
  ...{ passed: z.boolean(), verdict, environment, runs: z.array(runSchema), plannedRuns: count },
  interrupted: z.enum(['SIGINT', 'SIGTERM']).optional(),
};

const runDocument = z.strictObject({ ...answer, baseline: baseline.optional() });
const compareDocument = z.strictObject({ ...answer, comparison, baseline: baseline.optional() });
const sweepDocument = z.strictObject({ ...answer, sweep });
const failureDocument = z.strictObject({
  ...head,
  passed: z.literal(false),
  verdict: z.literal('unknown'),
  error: z.strictObject({ code: z.string().regex(/^[A-Za-z]\w+$/), message: z.string().min(1) }),
  environment: environment.nullable(),
  runs: z.array(runSchema),
  plannedRuns: count.optional(),
  interrupted: z.enum(['SIGINT', 'SIGTERM']).optional(),
});

export type RunEntry = z.output<typeof runSchema>;
export type RunDocument = z.output<typeof runDocument>;
export type FailureDocument = z.output<typeof failureDocument>;
export type CompareDocument = z.output<typeof compareDocument>;
export type SweepDocument = z.output<typeof sweepDocument>;

/** Reads what `run --json` printed: one document of exactly the documented names, and nothing else. */
export function runDocumentOf(finished: Finished): RunDocument {
  return read(finished, runDocument);
}

/** Reads what `compare --json` printed. */
export function compareDocumentOf(finished: Finished): CompareDocument {
  return read(finished, compareDocument);
}

/** Reads what `run --sweep --json` printed. */
export function sweepDocumentOf(finished: Finished): SweepDocument {
  return read(finished, sweepDocument);
}

/** Reads the document of exit codes 2 and 3. */
export function failureOf(finished: Finished): { readonly code: string; readonly message: string } {
  return failureDocumentOf(finished).error;
}

/** The same with what was measured until then. */
export function failureDocumentOf(finished: Finished): FailureDocument {
  return read(finished, failureDocument);
}

function read<T>(finished: Finished, schema: z.ZodType<T>): T {
  const { code, stdout, stderr } = finished;
  try {
    const document: unknown = JSON.parse(stdout);
    expectPublishedSchema(document);
    return schema.parse(document);
  } catch (error) {
    const shown = `exit ${code}\nstdout: ${stdout.slice(0, 2_000)}\nstderr: ${stderr.slice(0, 2_000)}`;
    throw new Error(`not the expected document: ${String(error)}\n${shown}`, { cause: error });
  }
}

/** The non-empty lines of a text. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
