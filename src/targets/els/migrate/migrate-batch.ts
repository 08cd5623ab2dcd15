import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { databaseFailure } from '../../../database/failure.js';
import { transaction } from '../../../database/session.js';
import type { Inventory } from '../engine/assignment.js';
import { InfrastructureError } from '../../../domain/errors.js';
import type { BatchMigration, MigrationControl } from './migration.js';
import type { Witness } from '../../../domain/run-result.js';
import { withBatchLocked } from './batch-lock.js';
import { copyRest } from './copy.js';
import { drainOlderWriters } from './drain.js';
import { endOf, isUnderWay, LONGEST_CALL_MS, LOOK_AGAIN_MS, otherThan, type Move } from './move.js';
import { prepare } from './prepare.js';
import { endSwitching, findTracker, limitStatements, markSwitching } from './tracker.js';

/**
 * Switches a batch from one inventory to the other while callers use it:
 * 1. copies what is there, and waits for long transactions, while they go on;
 * 2. marks the batch: claims that begin from now on wait (`contended`);
 * 3. waits until no claim is under way that began before;
 * 4. copies the rest, holds slots and essays against each other, and switches, in one transaction.
 * Where they disagree the batch is put back. Killed at any step it is resumed by the next call, or undone by one the
 * other way; meanwhile callers of a marked batch wait.
 *
 * @param client whose session lasts: no pooler in transaction mode
 * @throws UsageError `unknown_batch`
 * @throws InfrastructureError `older_transaction` when a transaction does not end in time, `pause_limit` when step 4 takes
 *   longer than callers may wait; the batch was put back
 * @throws InfrastructureError `migration_under_way`
 * @throws the reason of `control.signal`; the batch was put back
 * @throws what the database raised; the batch may be left switching where the connection was lost
 */
export async function migrateBatch(
  client: ClientBase,
  batchId: string,
  to: Inventory,
  control: MigrationControl,
): Promise<BatchMigration> {
  const move: Move = { client, batchId, to, control, copied: 0, pausedSinceMs: undefined };
  try {
    return await withBatchLocked(client, batchId, () => goOn(move));
  } catch (error) {
    control.onUnfinished?.(endOf(move, 'unfinished'));
    throw error;
  }
}

/**
 * Puts a batch back that a migration has left switching.
 *
 * @param to where that migration went
 * @throws as `migrateBatch`
 */
export function putBackIfSwitching(client: ClientBase, batchId: string, to: Inventory): Promise<boolean> {
  return withBatchLocked(client, batchId, () => endSwitching(client, batchId, otherThan(to)));
}

/** From where the batch is, which may be where another migration was killed. */
async function goOn(move: Move): Promise<BatchMigration> {
  const { client, batchId, to } = move;
  const { inventory, switchingTo, markedForMs } = await findTracker(client, batchId);
  if (inventory === to) return endOf(move, 'already');
  if (inventory !== 'switching') return switchOver(move);
  move.pausedSinceMs = performance.now() - markedForMs;
  if (switchingTo === to) return switchOver(move);
  await endSwitching(client, batchId, to);
  return endOf(move, 'undone');
}

async function switchOver(move: Move): Promise<BatchMigration> {
  const { batchId, control } = move;
  if (move.pausedSinceMs === undefined) {
    const differing = await prepare(move);
    if (differing.length > 0) return endOf(move, 'put_back', differing);
    control.signal?.throwIfAborted();
  }
  try {
    const differing = await whileCallersWait(move);
    if (differing.length > 0) await putBack(move);
    else await control.onStep?.(batchId, 'switched');
    return endOf(move, differing.length > 0 ? 'put_back' : 'migrated', differing);
  } catch (error) {
    // Why it failed is what counts; a batch that could not be put back is resumed by the next migration.
    await putBack(move).catch(() => undefined);
    throw isOverLimit(error) ? overLimit(move, error) : error;
  }
}

/** @returns rows that differ; none: the batch is switched */
async function whileCallersWait(move: Move): Promise<readonly Witness[]> {
  const { client, batchId, to, control } = move;
  const deadlineMs = performance.now() + control.pauseLimitMs;
  if (move.pausedSinceMs === undefined) {
    move.pausedSinceMs = performance.now();
    await markSwitching(client, batchId, to);
  }
  await control.onStep?.(batchId, 'marked');
  await drainOlderWriters(client, deadlineMs, control.signal);
  await control.onStep?.(batchId, 'drained');
  const settledMs = Math.min(deadlineMs, performance.now() + LONGEST_CALL_MS);
  for (;;) {
    control.signal?.throwIfAborted();
    const differing = await transaction(client, () => finish(move, deadlineMs));
    const mayPass = differing.every(isUnderWay) && performance.now() < settledMs;
    if (differing.length === 0 || !mayPass) return differing;
    await sleep(LOOK_AGAIN_MS);
  }
}

/** The last transaction. */
async function finish(move: Move, deadlineMs: number): Promise<readonly Witness[]> {
  const { client, batchId, to, control } = move;
  await limitStatements(client, deadlineMs - performance.now());
  const { copied, disagreements } = await copyRest(client, batchId, to);
  move.copied += copied;
  if (disagreements.length > 0) return disagreements;
  await control.onStep?.(batchId, 'copied');
  if (await endSwitching(client, batchId, to)) return [];
  throw new InfrastructureError('batch_gone', `batch ${JSON.stringify(batchId)} was removed meanwhile`);
}

function putBack({ client, batchId, to }: Move): Promise<boolean> {
  return endSwitching(client, batchId, otherThan(to));
}

function isOverLimit(error: unknown): error is Error {
  const kind = databaseFailure(error)?.kind;
  return kind === 'cancelled' || kind === 'lock_timeout';
}

function overLimit({ batchId, control }: Move, cause: Error): InfrastructureError {
  const problem = `batch ${JSON.stringify(batchId)} could not be switched within ${control.pauseLimitMs} ms`;
  return new InfrastructureError(
    'pause_limit',
    `${problem} (${cause.message}); allow a longer --pause-limit`,
    { cause },
  );
}
