import type { RunResult } from '../domain/run-result.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import type { Recording } from '../runner/run-load.js';
import { schedule } from '../workload/schedule.js';
import { settledCalls } from './settled-calls.js';

/**
 * What a result says of an open loop beside its plan. A call that was lost with its worker is late when the last one
 * for its delivery is; like every figure, this counts none that was made after the load.
 */
export function openLoopResult(
  plan: WorkloadPlan,
  { calls, scheduleLagMicros, skipped }: Recording,
): Pick<RunResult, 'scheduleLagMicros' | 'duePerSecond' | 'late' | 'skipped'> {
  const { arrival, latencyLimitMs } = plan.scenario;
  if (arrival !== 'open') return {};
  const pace = { scheduleLagMicros, duePerSecond: duePerSecond(plan) };
  if (latencyLimitMs === undefined) return pace;
  const limitMicros = latencyLimitMs * 1_000;
  const late = settledCalls(calls, []).filter((call) => call.endMicros - call.intendedMicros > limitMicros);
  return { ...pace, late: late.length, skipped };
}

/** A drawn schedule has more or fewer calls than its rate says: what a server can keep up with are those. */
function duePerSecond({ scenario, seed, totalDeliveries }: WorkloadPlan): number {
  const endMicros = (scenario.durationMs ?? NaN) * 1_000;
  let calls = 0;
  let lastMicros = 0;
  for (const dueMicros of schedule(scenario, seed)) {
    if (dueMicros >= endMicros) break;
    if (calls === totalDeliveries) return calls / (lastMicros / 1e6);
    calls += 1;
    lastMicros = dueMicros;
  }
  return calls / (endMicros / 1e6);
}
