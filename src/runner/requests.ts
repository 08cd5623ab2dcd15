import type { Delivery, Scenario, WorkloadPlan } from '../domain/scenario.js';
import type { CallAnswer, CallRequest, Instance } from '../target/instance.js';
import { contentId } from '../workload/plan.js';
import { callId } from './call-chunks.js';

/**
 * The request of a delivery: every delivery of a content is the same content under a call of its own.
 *
 * @param redelivered whether an earlier call of it may have happened
 */
export function requestOf(plan: WorkloadPlan, delivery: Delivery, redelivered: boolean): CallRequest {
  return {
    batchId: plan.batchIds[delivery.batch] ?? '',
    contentId: contentId(plan, delivery.content),
    callId: callId(plan, delivery.index),
    redelivered,
  };
}

/**
 * Makes one call of a scenario: by `assignMany` where it has `bulk`, however many contents this one has.
 *
 * @returns an answer for each request, in their order
 * @throws Error where the scenario has `bulk` and the target lacks it
 */
export async function assignBy(
  instance: Pick<Instance, 'assign' | 'assignMany'>,
  requests: readonly CallRequest[],
  { bulk }: Pick<Scenario, 'bulk'>,
): Promise<readonly CallAnswer[]> {
  const [only] = requests;
  if (bulk === 1 && only) return [await instance.assign(only)];
  if (instance.assignMany === undefined) throw new Error('the target assigns one content at a time');
  return instance.assignMany(requests);
}
