import type { Call } from '../domain/call.js';
import { slotsOfBatch } from '../domain/load.js';
import type { Delivery, WorkloadPlan } from '../domain/scenario.js';
import type { Promises } from '../domain/promises.js';
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
  /** Once more, where the last call ended without a definite answer, whatever other deliveries of the content were told. */
  readonly again: readonly Delivery[];
  /**
   * One beyond the plan: of each content whose every call failed, and to each batch whose completion a killed
   * worker left undone.
   */
  readonly next: readonly Delivery[];
}

const NOTHING_OUTSTANDING: OutstandingDeliveries = { again: [], next: [] };

/**
 * @param uncompleted batches whose completion a killed worker left undone
 * @returns none where a content that is delivered again takes another slot
 */
export function outstandingDeliveries(
  plan: WorkloadPlan,
  calls: readonly Call[],
  uncompleted: readonly string[],
  { idempotent }: Pick<Promises, 'idempotent'>,
): OutstandingDeliveries {
  if (!idempotent) return NOTHING_OUTSTANDING;
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

/**
 * Deliveries that show whether a target still gives what is free when no rival is left, where its `no_slot` need not be
 * truthful: contents that were told nothing but that, as many of a batch as it has slots that nobody may hold.
 */
export function closingDeliveries(
  plan: WorkloadPlan,
  calls: readonly Call[],
  { idempotent }: Pick<Promises, 'idempotent'>,
): Delivery[] {
  const refused = new Map<string, Call>();
  const holders = new Map<string, Set<string>>();
  const told = new Set<string>();
  for (const call of calls) {
    if (isSuccess(call) || isIndefinite(call)) {
      const holder = idempotent ? call.contentId : call.callId;
      holders.set(call.batchId, (holders.get(call.batchId) ?? new Set()).add(holder));
      told.add(call.contentId);
    } else if (call.outcome === 'no_slot') refused.set(call.contentId, call);
    else told.add(call.contentId);
  }
  const left = new Map(
    plan.batchIds.map((batchId, batch) => [
      batchId,
      slotsOfBatch(plan.scenario, batch) - (holders.get(batchId)?.size ?? 0),
    ]),
  );
  return [...refused.values()].flatMap((call) => {
    const free = left.get(call.batchId) ?? 0;
    if (free <= 0 || told.has(call.contentId)) return [];
    left.set(call.batchId, free - 1);
    return [nextDelivery(plan, deliveryOf(plan, call))];
  });
}

/** Whether a call told of a slot. */
export function isSuccess({ outcome }: Call): boolean {
  return outcome === 'created' || outcome === 'reused' || outcome === 'assigned';
}

function hasFailed(call: Call): boolean {
  return call.outcome === 'error' && !isIndefinite(call);
}

/** The same content under a call of its own, beyond the plan. */
function nextDelivery(plan: WorkloadPlan, { content }: Delivery): Delivery {
  return deliveryAt(plan, plan.totalDeliveries + content);
}
