import * as z from 'zod';
import type { AddressSource } from '../../../../database/address.js';
import type { Inventory } from '../../engine/assignment.js';
import { MIGRATION_STEPS, type BatchMigration, type MigrationStep } from '../migration.js';

/** Raised with every change of a message: processes of two installations must not misunderstand each other. */
export const MIGRATION_PROTOCOL = 2;

/** Characters of an error's message, at most. */
export const LONGEST_MESSAGE = 2_000;

/** A batch has come to a step. */
export interface BatchStep {
  readonly batchId: string;
  readonly step: MigrationStep;
}

/** Where a process is going to be killed. */
export interface KillPoint {
  /** At which of the steps that it tells, counted from 1 over all batches. */
  readonly step: number;
  /** Whether it stays at the step until it is killed; else it goes on, and is killed before it has said that all is done. */
  readonly waits: boolean;
}

/** All that a process needs to migrate batches. */
export interface MigrationJob {
  readonly source: AddressSource;
  readonly connectionString: string;
  readonly applicationName: string;
  readonly schema: string;
  readonly batchIds: readonly string[];
  readonly to: Inventory;
  /** Undefined: it is not to be killed. */
  readonly dies?: KillPoint | undefined;
}

/** What the coordinator sends. */
export type ToMigration =
  | { readonly type: 'migrate'; readonly version: number; readonly job: MigrationJob }
  /** Ends the migration early, between two steps. */
  | { readonly type: 'stop' };

/** What a migration sends: which batches it finds marked, any number of steps, then done; or failed. */
export type FromMigration =
  | { readonly type: 'found'; readonly switching: readonly string[] }
  | ({ readonly type: 'step' } & BatchStep)
  | { readonly type: 'done'; readonly migrations: readonly BatchMigration[] }
  | { readonly type: 'failed'; readonly message: string };

const batchId = z.string().min(1).max(1_000);

const migration = z.strictObject({
  batchId,
  outcome: z.enum(['migrated', 'already', 'undone', 'put_back']),
  copied: z.number().int().min(0),
  pauseMs: z.number().min(0),
  disagreements: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});

const message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('found'), switching: z.array(batchId) }),
  z.strictObject({ type: z.literal('step'), batchId, step: z.enum(MIGRATION_STEPS) }),
  z.strictObject({ type: z.literal('done'), migrations: z.array(migration) }),
  z.strictObject({ type: z.literal('failed'), message: z.string().max(LONGEST_MESSAGE) }),
]);

/**
 * Reads what a migration sent: that it has the shape of a message, and is about a batch of the job.
 *
 * @returns undefined where it is none
 */
export function readMigrationMessage(
  given: unknown,
  batchIds: ReadonlySet<string>,
): FromMigration | undefined {
  const { data } = message.safeParse(given);
  switch (data?.type) {
    case 'found':
      return data.switching.every((each) => batchIds.has(each)) ? data : undefined;
    case 'step':
      return batchIds.has(data.batchId) ? data : undefined;
    case 'done':
      return isComplete(data.migrations, batchIds) ? data : undefined;
    case 'failed':
    case undefined:
      return data;
  }
}

/** Each batch of the job is told of once, and no other. */
function isComplete(migrations: readonly BatchMigration[], batchIds: ReadonlySet<string>): boolean {
  const told = new Set(migrations.map((each) => each.batchId));
  return (
    migrations.length === batchIds.size &&
    told.size === batchIds.size &&
    [...told].every((each) => batchIds.has(each))
  );
}
