import type { RunResult } from '../domain/run-result.js';
import type { OpenLoop, Scenario, WorkloadPlan } from '../domain/scenario.js';
import type { Recording } from '../runner/run-load.js';
import { settledCalls } from './settled-calls.js';

/** What a result's plan says of an open loop; nothing of another arrival. */
export function openLoopOf({ arrival, rate, spacing, stages, latencyLimitMs }: Scenario): OpenLoop {
  return arrival === 'open' ? { rate, spacing, stages, latencyLimitMs } : {};
}

/**
 * What a result says of an open loop besides. A call that was lost with its worker is late when the last one for its
 * delivery is; like every figure, this counts none that was made after the load.
 */
export function openLoopResult(
  { scenario: { arrival, latencyLimitMs } }: WorkloadPlan,
  { calls, scheduleLagMicros, skipped }: Recording,
): Pick<RunResult, 'scheduleLagMicros' | 'late' | 'skipped'> {
  if (arrival !== 'open') return {};
  if (latencyLimitMs === undefined) return { scheduleLagMicros };
  const limitMicros = latencyLimitMs * 1_000;
  const late = settledCalls(calls, []).filter((call) => call.endMicros - call.intendedMicros > limitMicros);
  return { scheduleLagMicros, late: late.length, skipped };
}
