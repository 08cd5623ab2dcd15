import type { Inventory } from '../domain/assignment.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import { warmUpSlots } from '../runner/warm-up.js';
import { inventoryOf, rolledOut, type StrategySpec } from './strategies.js';

/** A batch that a run's engines warm up on. */
export interface WarmUpBatch {
  readonly batchId: string;
  readonly inventory: Inventory;
  readonly slots: number;
}

/**
 * The batches that a run needs to warm its engines up: one of each inventory that they serve, with a slot for each call of
 * every engine.
 *
 * @param start the strategy that the run begins with
 */
export function warmUpBatches(start: StrategySpec, { runId, scenario }: WorkloadPlan): WarmUpBatch[] {
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
