import type { IdForm } from '../domain/promises.js';
import { idOf } from './ids.js';
import { slotsOfBatch } from '../domain/load.js';
import type { Delivery, Scenario, WorkerSlice, WorkloadPlan } from '../domain/scenario.js';
import { mulberry32, shuffle } from '../base/random.js';
import { dueTimes } from './schedule.js';

/** Ids that are texts. */
const TEXTS = { batch: 'text', content: 'text' } as const;

/**
 * What a run delivers: a pure function of its arguments.
 *
 * @param seed decides the order of the deliveries; its low 32 bits count
 * @param ids what the ids of batches and contents look like
 */
export function planWorkload(
  scenario: Scenario,
  runId: string,
  seed: number,
  ids: { readonly batch: IdForm; readonly content: IdForm } = TEXTS,
): WorkloadPlan {
  const batchIds = Array.from({ length: scenario.batches }, (_, batch) =>
    idOf(`${runId}-b${numbered(batch, 5)}`, ids.batch),
  );
  const totalDeliveries = scenario.contents * scenario.deliveries;
  return { scenario, runId, seed, batchIds, contentIds: ids.content, totalDeliveries };
}

/** The id of a content: `run1-c0000001` for content 0 where ids are texts. */
export function contentId(
  { runId, contentIds }: Pick<WorkloadPlan, 'runId' | 'contentIds'>,
  content: number,
): string {
  return idOf(`${runId}-c${numbered(content, 7)}`, contentIds);
}

/** The contents that ask for a slot of a batch, in their order. */
export function contentIdsOf(plan: WorkloadPlan, batch: number): string[] {
  const { batches } = plan.scenario;
  const count = contentsOfBatch(plan.scenario, batch);
  return Array.from({ length: count }, (_, position) => contentId(plan, batch + position * batches));
}

/** How many contents ask for a slot of a batch: they are dealt to the batches in turn. */
function contentsOfBatch({ contents, batches }: Scenario, batch: number): number {
  return Math.max(0, Math.ceil((contents - batch) / batches));
}

function numbered(position: number, digits: number): string {
  return String(position + 1).padStart(digits, '0');
}

/**
 * The calls of one worker, in order, each with its deliveries: one, or up to `bulk` of one batch. The workers of a plan
 * share out all its calls, each made by exactly one of them, and none has two more than another. The order is made at
 * once, not when the first is taken. In an open loop each says when it is due; after the last call that ever is due
 * there are none.
 */
export function callsOf({ plan, workerIndex }: WorkerSlice): Generator<readonly Delivery[], void, undefined> {
  const order = deliveryOrder(plan);
  const { workers, bulk, arrival } = plan.scenario;
  if (arrival === 'open') return onSchedule({ plan, workerIndex }, singly(plan, workerIndex, order));
  return bulk === 1
    ? singly(plan, workerIndex, order)
    : inGroups(
        plan,
        groupsOf(plan, order).filter((_, number) => number % workers === workerIndex),
      );
}

/** Most deliveries that one call of a plan makes: a call is about one batch, and a batch may have fewer than `bulk`. */
export function largestCall({ batches, contents, deliveries, bulk }: Scenario): number {
  return Math.min(bulk, Math.ceil(contents / batches) * deliveries);
}

/** The deliveries of one worker, in the order of its calls. */
export function* deliveriesOf(slice: WorkerSlice): Generator<Delivery, void, undefined> {
  for (const deliveries of callsOf(slice)) yield* deliveries;
}

/** Which worker makes each delivery of a plan, by the delivery's index. */
export function workersOf(plan: WorkloadPlan): Uint8Array {
  const { workers, bulk, arrival } = plan.scenario;
  const order = deliveryOrder(plan);
  const makers = new Uint8Array(order.length);
  if (bulk === 1 || arrival === 'open') {
    order.forEach((index, position) => (makers[index] = position % workers));
  } else {
    groupsOf(plan, order).forEach((group, number) => {
      for (const index of group) makers[index] = number % workers;
    });
  }
  return makers;
}

function* singly(
  plan: WorkloadPlan,
  workerIndex: number,
  order: Uint32Array,
): Generator<readonly Delivery[], void, undefined> {
  for (let position = workerIndex; position < order.length; position += plan.scenario.workers) {
    yield [deliveryAt(plan, order[position] ?? 0)];
  }
}

function* onSchedule(
  slice: WorkerSlice,
  calls: Iterator<readonly Delivery[], void>,
): Generator<readonly Delivery[], void, undefined> {
  for (const dueMicros of dueTimes(slice)) {
    const next = calls.next();
    if (next.done) return;
    yield next.value.map((delivery) => ({ ...delivery, dueMicros }));
  }
}

function* inGroups(
  plan: WorkloadPlan,
  groups: readonly (readonly number[])[],
): Generator<readonly Delivery[], void, undefined> {
  for (const indices of groups) yield indices.map((index) => deliveryAt(plan, index));
}

/** Puts each delivery into a group of its batch; a group takes its place when it is full, what is left comes last. */
function groupsOf(plan: WorkloadPlan, order: Uint32Array): number[][] {
  const { bulk } = plan.scenario;
  const groups: number[][] = [];
  const open = new Map<number, number[]>();
  for (const index of order) {
    const { batch } = deliveryAt(plan, index);
    const group = open.get(batch) ?? [];
    group.push(index);
    if (group.length < bulk) open.set(batch, group);
    else open.delete(batch);
    if (group.length === bulk) groups.push(group);
  }
  return [...groups, ...open.values()];
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
  const inTurn = contentOrder(scenario);
  const order = Uint32Array.from(
    { length: totalDeliveries },
    (_, position) => (position % deliveries) * contents + (inTurn[Math.floor(position / deliveries)] ?? 0),
  );
  const random = mulberry32(seed);
  const size = blockSize(scenario);
  for (let start = 0; start < totalDeliveries; start += size) {
    shuffle(order.subarray(start, start + size), random);
  }
  return order;
}

/** The contents, `bulk` of one batch after `bulk` of another: with 1, as they are numbered. */
function contentOrder({ batches, contents, bulk }: Scenario): Uint32Array {
  const order = new Uint32Array(contents);
  let position = 0;
  for (let first = 0; first * batches < contents; first += bulk) {
    for (let batch = 0; batch < batches; batch++) {
      const end = Math.min(contents, (first + bulk) * batches);
      for (let content = first * batches + batch; content < end; content += batches)
        order[position++] = content;
    }
  }
  return order;
}

/**
 * A burst is one block: all of it is due at the same moment. In a closed loop duplicates collide only while
 * they are in flight together, so a block is about what the connections hold, and no content spans two.
 */
function blockSize({ arrival, contents, deliveries, workers, connections, bulk }: Scenario): number {
  if (arrival === 'burst') return contents * deliveries;
  return Math.ceil((workers * connections * bulk) / deliveries) * deliveries;
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
export function expectedCounts(scenario: Scenario): ExpectedCounts {
  const { batches, contents, deliveries } = scenario;
  let created = 0;
  for (let batch = 0; batch < batches; batch++) {
    created += Math.min(slotsOfBatch(scenario, batch), contentsOfBatch(scenario, batch));
  }
  return { created, successes: created * deliveries, noSlot: (contents - created) * deliveries };
}
