import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import type { Call } from '#els/domain/call.js';
import type { AssignmentEngine } from '#els/targets/els/engine/engine.js';
import { newBatch } from '../engine/support/variants.js';
import { requestFor, type TestDatabase } from '../support/database.js';

/** The load on one batch: its deliveries are made at once. */
export interface SmallRun {
  readonly slots: number;
  /** The content of each delivery. */
  readonly deliveries: readonly number[];
}

/**
 * Draws a load that leaves so many slots free; where it leaves none, there may be more contents than slots.
 *
 * @param slots of the batch, more than `left`
 */
export function smallRuns(slots: number, left: number): fc.Arbitrary<SmallRun> {
  const taken = slots - left;
  return fc
    .record({
      more: fc.nat(left === 0 ? 2 : 0),
      duplicates: fc.array(fc.nat(taken - 1), { maxLength: 4 }),
    })
    .chain(({ more, duplicates }) => {
      const all = [...Array(taken + more).keys(), ...duplicates];
      return fc.shuffledSubarray(all, { minLength: all.length });
    })
    .map((deliveries) => ({ slots, deliveries }));
}

/** Makes a batch and puts the load on it; resolves when it is complete. */
export async function carryOut(
  db: TestDatabase,
  engine: AssignmentEngine,
  kind: Inventory,
  { slots, deliveries }: SmallRun,
): Promise<{ readonly batchId: string; readonly calls: readonly Call[] }> {
  const batchId = await newBatch(db, kind, slots);
  const unique = randomBytes(4).toString('hex');
  const calls = await Promise.all(
    deliveries.map((content) => deliver(engine, batchId, `content-${content}-${unique}`)),
  );
  await engine.settle();
  return { batchId, calls };
}

async function deliver(engine: AssignmentEngine, batchId: string, textStorageId: string): Promise<Call> {
  const request = requestFor(batchId, textStorageId);
  const startMicros = performance.now() * 1_000;
  const result = await engine.assign(request);
  const { outcome } = result;
  return {
    ...{ worker: 0, batchId, contentId: textStorageId, callId: request.correlationId },
    ...{ intendedMicros: startMicros, startMicros, endMicros: performance.now() * 1_000 },
    ...{ outcome, slotId: outcome === 'no_slot' ? null : result.essayId },
    ...{ recovered: false, replyLost: false, mayHaveHappened: false, errorCode: null, sqlState: null },
  };
}
