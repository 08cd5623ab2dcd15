import type { Delivery, Scenario, WorkerSlice, WorkloadPlan } from '../domain/scenario.js';
import { mulberry32, shuffle } from './random.js';

/**
 * What a run delivers: a pure function of its arguments.
 *
 * @param seed decides the order of the deliveries; its low 32 bits count
 */
export function planWorkload(scenario: Scenario, runId: string, seed: number): WorkloadPlan {
  const batchIds = Array.from({ length: scenario.batches }, (_, batch) => `${runId}-b${numbered(batch, 5)}`);
  return { scenario, runId, seed, batchIds, totalDeliveries: scenario.contents * scenario.deliveries };
}

/** The textStorageId of a content, e.g. `run1-c0000001` for content 0. */
export function contentId(plan: Pick<WorkloadPlan, 'runId'>, content: number): string {
  return `${plan.runId}-c${numbered(content, 7)}`;
}

function numbered(position: number, digits: number): string {
  return String(position + 1).padStart(digits, '0');
}

/**
 * The deliveries of one worker, in order. The workers of a plan share out all its deliveries, each made by
 * exactly one of them, and none has two more than another. The order is made at once, not when the first is taken.
 */
export function deliveriesOf({ plan, workerIndex }: WorkerSlice): Generator<Delivery, void, undefined> {
  return inOrder(plan, workerIndex, deliveryOrder(plan));
}

function* inOrder(
  plan: WorkloadPlan,
  workerIndex: number,
  order: Uint32Array,
): Generator<Delivery, void, undefined> {
  for (let position = workerIndex; position < order.length; position += plan.scenario.workers) {
    yield deliveryAt(plan, order[position] ?? 0);
  }
}

/** The delivery at an index; beyond the plan's last one its contents come once more, in turn. */
export function deliveryAt({ scenario }: WorkloadPlan, index: number): Delivery {
  const content = index % scenario.contents;
  return { index, content, batch: content % scenario.batches };
}

/**
 * The indices of all deliveries in the order in which they are dealt to the workers in turn: the deliveries
 * of one content side by side, then each block of them shuffled, so that workers meet in every batch.
 */
function deliveryOrder({ scenario, seed, totalDeliveries }: WorkloadPlan): Uint32Array {
  const { contents, deliveries } = scenario;
  const order = Uint32Array.from(
    { length: totalDeliveries },
    (_, position) => (position % deliveries) * contents + Math.floor(position / deliveries),
  );
  const random = mulberry32(seed);
  const size = blockSize(scenario);
  for (let start = 0; start < totalDeliveries; start += size) {
    shuffle(order.subarray(start, start + size), random);
  }
  return order;
}

/**
 * A burst is one block: all of it is due at the same moment. In a closed loop duplicates collide only while
 * they are in flight together, so a block is about what the connections hold, and no content spans two.
 */
function blockSize({ arrival, contents, deliveries, workers, connections }: Scenario): number {
  if (arrival === 'burst') return contents * deliveries;
  return Math.ceil((workers * connections) / deliveries) * deliveries;
}

/** How the calls of a full run must end, whatever their order. */
export interface ExpectedCounts {
  /** Contents that get a slot. */
  readonly created: number;
  /** Calls that end as created or reused: every delivery of a content that got a slot. */
  readonly successes: number;
  readonly noSlot: number;
}

/** Batch by batch, as many contents get a slot as there are of the scarcer of the two. */
export function expectedCounts({ batches, slots, contents, deliveries }: Scenario): ExpectedCounts {
  const fewer = Math.floor(contents / batches);
  const batchesWithOneMore = contents % batches;
  const created =
    batchesWithOneMore * Math.min(slots, fewer + 1) + (batches - batchesWithOneMore) * Math.min(slots, fewer);
  return { created, successes: created * deliveries, noSlot: (contents - created) * deliveries };
}
