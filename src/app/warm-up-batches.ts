import type { Inventory } from '../targets/els/engine/assignment.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import { warmUpSlots } from '../runner/warm-up.js';
import { inventoryOf, rolledOut, type StrategySpec } from '../targets/els/strategies.js';

/** A batch that a run's engines warm up on. */
export interface WarmUpBatch {
  readonly batchId: string;
  readonly inventory: Inventory;
  readonly slots: number;
}

/**
 * The batches that a run needs to warm its engines up: one of each inventory that they serve, with a slot for each call of
 * every engine. Only closed loops make such calls: what they measure is the steady state of many calls. Bursts and open
 * loops are a given number of calls, and whatever their statements do besides is to be done that often.
 *
 * @param start the strategy that the run begins with
 */
export function warmUpBatches(start: StrategySpec, { runId, scenario }: WorkloadPlan): WarmUpBatch[] {
  if (scenario.arrival !== 'closed') return [];
  const slots = warmUpSlots(scenario.workers, scenario.connections);
  const served = servedInventories([start, ...rolledOut(scenario)].map(inventoryOf));
  return [...new Set(served)].map((inventory) => ({
    ...{ batchId: `${runId}-${inventory}-warm-up`, inventory },
    slots: slots * served.filter((each) => each === inventory).length,
  }));
}

/** Of each engine its own inventory, and that of the one before, whose batches it serves until they are migrated. */
function servedInventories(own: readonly Inventory[]): Inventory[] {
  return own.flatMap((inventory, position) => [...new Set([inventory, own[position - 1] ?? inventory])]);
}
