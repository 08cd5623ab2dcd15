import type { Target } from '#els/target/target.js';
import { elsTarget } from '#els/targets/els/target.js';
import { randomBytes } from 'node:crypto';
import {
  BUILT_IN_STRATEGIES,
  type BuiltInStrategy,
  type Inventory,
} from '#els/targets/els/engine/assignment.js';
import { createStrategy } from '#els/targets/els/engine/create-strategy.js';
import type { EngineOptions } from '#els/targets/els/engine/engine.js';
import type { TestDatabase } from '../../support/database.js';

/** One way to run the engine. */
export interface Variant {
  readonly name: string;
  readonly strategy: BuiltInStrategy;
  readonly advisoryLocks: boolean;
  readonly inventory: Inventory;
}

/** Every built-in strategy, without and with advisory locks. */
export const VARIANTS: readonly Variant[] = BUILT_IN_STRATEGIES.flatMap((strategy) =>
  [false, true].map((advisoryLocks) => ({
    name: advisoryLocks ? `${strategy} with advisory locks` : strategy,
    strategy,
    advisoryLocks,
    inventory: createStrategy({ kind: 'built-in', name: strategy }, advisoryLocks).inventory,
  })),
);

export const WITH_LOCKS = VARIANTS.filter((variant) => variant.advisoryLocks);

export function optionsOf({ strategy, advisoryLocks }: Variant): EngineOptions {
  return { strategy: { kind: 'built-in', name: strategy }, advisoryLocks };
}

/** The variant as a target. */
export function targetOf({ strategy, advisoryLocks }: Variant): Target {
  return elsTarget({ strategy: { kind: 'built-in', name: strategy }, advisoryLocks });
}

/** Registers a batch under a new name. */
export async function newBatch(db: TestDatabase, inventory: Inventory, slots: number): Promise<string> {
  const batchId = `b${randomBytes(5).toString('hex')}`;
  await db.register({ batchId, slots, inventory });
  return batchId;
}

/** Ids of a batch's essays in the order in which they are claimed. */
export function essayId(batchId: string, number: number): string {
  return `${batchId}-e${String(number).padStart(7, '0')}`;
}
