import type { Call } from '../domain/call.js';
import type { Delivery, WorkloadPlan } from '../domain/scenario.js';
import { deliveryOf } from '../runner/call-chunks.js';
import { isIndefinite } from '../verify/history-index.js';
import { deliveryAt } from '../workload/plan.js';

/**
 * One call for each delivery: the last one of those that were lost with their worker or left without a definite
 * answer and delivered again.
 *
 * @param redelivered calls made after the load
 */
export function settledCalls(calls: readonly Call[], redelivered: readonly Call[]): Call[] {
  const last = new Map<string, Call>();
  for (const call of calls) if (isIndefinite(call)) last.set(call.callId, call);
  if (last.size === 0) return [...calls];
  for (const call of [...calls, ...redelivered]) {
    if (last.has(call.callId)) last.set(call.callId, call);
  }
  return [...calls.filter((call) => !last.has(call.callId)), ...last.values()];
}

/** Deliveries that are still to be made after a load. */
export interface OutstandingDeliveries {
  /** Once more, where the last call ended without a definite answer. */
  readonly again: readonly Delivery[];
  /**
   * One beyond the plan: of each content whose every call failed, and to each batch whose completion a killed
   * worker left undone.
   */
  readonly next: readonly Delivery[];
}

/** @param uncompleted batches whose completion a killed worker left undone */
export function outstandingDeliveries(
  plan: WorkloadPlan,
  calls: readonly Call[],
  uncompleted: readonly string[],
): OutstandingDeliveries {
  const again = settledCalls(calls, []).filter(isIndefinite);
  const next = new Map<string, Call>();
  for (const call of calls) if (hasFailed(call)) next.set(call.contentId, call);
  if (next.size > 0) for (const call of calls) if (!hasFailed(call)) next.delete(call.contentId);
  for (const batchId of uncompleted) {
    const known = calls.find((call) => call.batchId === batchId);
    if (known !== undefined) next.set(known.contentId, known);
  }
  return {
    again: again.map((call) => deliveryOf(plan, call)),
    next: [...next.values()].map((call) => nextDelivery(plan, deliveryOf(plan, call))),
  };
}

function hasFailed(call: Call): boolean {
  return call.outcome === 'error' && !isIndefinite(call);
}

/** The same content under a call of its own, beyond the plan. */
function nextDelivery(plan: WorkloadPlan, { content }: Delivery): Delivery {
  return deliveryAt(plan, plan.totalDeliveries + content);
}
