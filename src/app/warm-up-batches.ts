import type { IdForm } from '../domain/promises.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import { warmUpContentId, warmUpSlots } from '../runner/warm-up.js';
import { idOf } from '../workload/ids.js';
import type { BatchGroup } from '../target/host.js';
import type { Target } from '../target/target.js';

/** The run that the warm-up batches of a run belong to. */
export function warmUpRunId(runId: string): string {
  return `${runId}-warm-up`;
}

/**
 * The batches that a run needs to warm its instances up: one of each form that they serve, with a slot for each call of
 * every instance. Only closed loops make such calls: what they measure is the steady state of many calls. Bursts and open
 * loops are a given number of calls, and whatever their statements do besides is to be done that often.
 *
 * @param targets what the run begins with, and what it changes into
 */
export function warmUpBatches(
  targets: readonly Target[],
  { runId, scenario, contentIds }: WorkloadPlan,
): BatchGroup[] {
  if (scenario.arrival !== 'closed') return [];
  const slots = warmUpSlots(scenario.workers, scenario.connections);
  const served = targets.flatMap(({ forms }) => forms);
  const form0: IdForm = targets[0]?.ids.batch ?? 'text';
  return [...new Set(served)].map((form) => {
    const batchId = idOf(`${runId}-${form}-warm-up`, form0);
    const slotsOfBatch = slots * served.filter((each) => each === form).length;
    return {
      ...{ runId: warmUpRunId(runId), batchIds: [batchId], form, slots: slotsOfBatch },
      contentIdsOf: () =>
        Array.from({ length: slotsOfBatch }, (_, at) => warmUpContentId(batchId, at, contentIds)),
    };
  });
}
