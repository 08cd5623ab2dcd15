import type { Call } from '../domain/call.js';
import type { Delivery, WorkloadPlan } from '../domain/scenario.js';
import { deliveryOf } from '../runner/call-chunks.js';
import { isIndefinite } from '../verify/history-index.js';

/**
 * One call for each delivery: the last one of those that were lost with their worker or left without a definite
 * answer and delivered again.
 *
 * @param redelivered calls made after the load
 */
export function settledCalls(calls: readonly Call[], redelivered: readonly Call[]): Call[] {
  const last = new Map<string, Call>();
  for (const call of calls) if (isIndefinite(call)) last.set(call.correlationId, call);
  if (last.size === 0) return [...calls];
  for (const call of [...calls, ...redelivered]) {
    if (last.has(call.correlationId)) last.set(call.correlationId, call);
  }
  return [...calls.filter((call) => !last.has(call.correlationId)), ...last.values()];
}

/**
 * What callers owe after a load: another delivery where the last one ended without a definite answer, and one to each
 * batch that a dead worker owed the completion of.
 */
export function deliveriesOwed(
  plan: WorkloadPlan,
  calls: readonly Call[],
  uncompleted: readonly string[],
): { readonly again: Delivery[]; readonly next: Delivery[] } {
  const open = settledCalls(calls, []).filter(isIndefinite);
  return {
    again: open.map((call) => deliveryOf(plan, call)),
    next: uncompleted.flatMap((batchId) => nextDelivery(plan, calls, batchId)),
  };
}

/** A delivery beyond the plan of a content that the batch has. */
function nextDelivery(plan: WorkloadPlan, calls: readonly Call[], batchId: string): Delivery[] {
  const known = calls.find((call) => call.batchId === batchId);
  if (known === undefined) return [];
  const delivery = deliveryOf(plan, known);
  return [{ ...delivery, index: plan.totalDeliveries + delivery.content }];
}
