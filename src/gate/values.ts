import { totalSlots } from '../domain/load.js';
import type { LatencyMicros, RunResult } from '../domain/run-result.js';

/** What a value measures. Durations are microseconds; everything else is a plain number. */
export type Dimension = 'duration' | 'number';

/** What a gate can look at: the parts of a run's result that are known before its gates are judged. */
export type GateInput = Pick<
  RunResult,
  | 'plan'
  | 'workers'
  | 'connections'
  | 'assignments'
  | 'expectedSuccesses'
  | 'outcomes'
  | 'holders'
  | 'counters'
  | 'batchTotals'
  | 'latencyMicros'
  | 'throughputPerSecond'
  | 'late'
  | 'skipped'
  | 'cost'
>;

interface GateValue {
  readonly dimension: Dimension;
  readonly read: (run: GateInput) => number;
}

const number = (read: GateValue['read']): GateValue => ({ dimension: 'number', read });
const latency = (statistic: keyof LatencyMicros): GateValue => ({
  dimension: 'duration',
  read: (run) => run.latencyMicros[statistic],
});

/** Every name a gate may use; docs/gates.md says what each means. */
const VALUES = {
  mean: latency('mean'),
  min: latency('min'),
  p50: latency('p50'),
  p75: latency('p75'),
  p90: latency('p90'),
  p95: latency('p95'),
  p99: latency('p99'),
  p999: latency('p999'),
  max: latency('max'),
  created: number((run) => run.holders ?? run.outcomes.created),
  reused: number(({ outcomes }) => (outcomes.assigned > 0 ? NaN : outcomes.reused)),
  assigned: number((run) => run.outcomes.assigned),
  noSlot: number((run) => run.outcomes.noSlot),
  error: number((run) => run.outcomes.error),
  unknown: number((run) => run.outcomes.unknown),
  recovered: number((run) => run.outcomes.recovered),
  assignments: number((run) => run.assignments),
  late: number((run) => run.late ?? NaN),
  skipped: number((run) => run.skipped ?? 0),
  successes: number((run) => run.outcomes.created + run.outcomes.reused + run.outcomes.assigned),
  expectedSuccesses: number((run) => run.expectedSuccesses),
  contents: number((run) => run.plan.contents),
  // Of each batch; on average where they differ.
  slots: number(({ plan }) => totalSlots(plan) / plan.batches),
  batches: number((run) => run.plan.batches),
  deliveries: number((run) => run.plan.deliveries),
  workers: number((run) => run.workers),
  connections: number((run) => run.connections),
  throughput: number((run) => run.throughputPerSecond),
  roundTripsPerAssignment: number((run) => run.cost.roundTripsPerAssignment),
  completionLooks: number((run) => run.counters['completionLooks'] ?? NaN),
  taken: number((run) => run.batchTotals?.['taken'] ?? NaN),
  available: number((run) => run.batchTotals?.['available'] ?? NaN),
  completed: number((run) => run.batchTotals?.['completed'] ?? NaN),
  completionEvents: number((run) => run.batchTotals?.['completionEvents'] ?? NaN),
} satisfies Record<string, GateValue>;

export type GateName = keyof typeof VALUES;

export const GATE_NAMES = Object.keys(VALUES) as readonly GateName[];

export function isGateName(text: string): text is GateName {
  return Object.hasOwn(VALUES, text);
}

export function dimensionOfName(name: GateName): Dimension {
  return VALUES[name].dimension;
}

/** The value of a name in a run: microseconds for a duration, NaN where the run has no such value. */
export function readValue(name: GateName, run: GateInput): number {
  const value = VALUES[name].read(run);
  return Number.isFinite(value) ? value : NaN;
}
