import { runPlan } from '#els/app/run-plan.js';
import type { GateInput } from '#els/gate/index.js';
import { scenarioOf } from '../support/scenario.js';

/** A run in which no two values are equal; latencies in microseconds. */
export function someRun(): GateInput {
  return {
    plan: runPlan(scenarioOf({ batches: 2, slots: 50, contents: 90, deliveries: 3 }), 1),
    workers: 4,
    connections: 8,
    assignments: 270,
    late: 21,
    skipped: 22,
    expectedSuccesses: 269,
    outcomes: { created: 89, reused: 178, assigned: 0, noSlot: 1, error: 5, unknown: 6, recovered: 7 },
    counters: { completionLooks: 12 },
    batchTotals: { taken: 88, available: 11, completed: 9, completionEvents: 10 },
    latencyMicros: {
      mean: 12_300,
      min: 1_001,
      p50: 11_500,
      p75: 15_250,
      p90: 18_000,
      p95: 20_000,
      p99: 31_000,
      p999: 45_678,
      max: 60_001,
    },
    throughputPerSecond: 5_123.45678,
    cost: {
      roundTripsPerAssignment: 1.25,
      walBytesPerAssignment: null,
      buffersHitPerAssignment: null,
      buffersDirtiedPerAssignment: null,
      serverExecutionMicrosPerAssignment: null,
    },
  };
}

/** Every name of a gate with its value in `someRun`, as a gate writes it. */
export const VALUES_OF_SOME_RUN = {
  mean: '12.3ms',
  min: '1.001ms',
  p50: '11.5ms',
  p75: '15.25ms',
  p90: '18ms',
  p95: '20ms',
  p99: '31ms',
  p999: '45.678ms',
  max: '60.001ms',
  created: '89',
  reused: '178',
  assigned: '0',
  noSlot: '1',
  error: '5',
  unknown: '6',
  recovered: '7',
  assignments: '270',
  late: '21',
  skipped: '22',
  successes: '267',
  expectedSuccesses: '269',
  contents: '90',
  slots: '50',
  batches: '2',
  deliveries: '3',
  workers: '4',
  connections: '8',
  throughput: '5123.45678',
  roundTripsPerAssignment: '1.25',
  completionLooks: '12',
  taken: '88',
  available: '11',
  completed: '9',
  completionEvents: '10',
};

export const LATENCY_NAMES = ['mean', 'min', 'p50', 'p75', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
