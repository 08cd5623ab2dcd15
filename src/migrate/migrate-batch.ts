import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { transaction } from '../database/session.js';
import type { Inventory } from '../domain/assignment.js';
import type { BatchMigration, MigrationControl } from '../domain/migration.js';
import type { Witness } from '../domain/run-result.js';
import { withBatchLocked } from './batch-lock.js';
import { copyAhead, copyRest, type Copied } from './copy.js';
import { drainOlderWriters } from './drain.js';
import { findTracker, markSwitching, noteBeginning, setInventory } from './tracker.js';

/** A call that is under way has ended after this long, or its process has died. */
const LONGEST_CALL_MS = 1_000;
const LOOK_AGAIN_MS = 5;

/** A batch on its way. */
interface Move {
  readonly client: ClientBase;
  readonly batchId: string;
  readonly to: Inventory;
  readonly control: MigrationControl;
}

/**
 * Switches a batch from one inventory to the other while callers use it:
 * 1. copies what is there, while they go on;
 * 2. marks the batch: claims that begin from now on wait (`contended`);
 * 3. waits until no claim is under way that began before;
 * 4. copies the rest, holds slots and essays against each other, and switches, in one transaction.
 * Where they disagree the batch is put back. Killed at any step it is resumed by the next call, or undone by one the
 * other way; meanwhile callers of a marked batch wait.
 *
 * @param client whose session lasts: no pooler in transaction mode
 * @throws UsageError `unknown_batch`
 * @throws InfrastructureError `older_transaction` when step 3 takes too long; the batch was put back
 * @throws InfrastructureError `migration_under_way`
 * @throws the reason of `control.signal`; the batch was put back
 */
export function migrateBatch(
  client: ClientBase,
  batchId: string,
  to: Inventory,
  control: MigrationControl,
): Promise<BatchMigration> {
  const move = { client, batchId, to, control };
  return withBatchLocked(client, batchId, async () => {
    const { inventory, switchingTo } = await findTracker(client, batchId);
    if (inventory === to) return ended(move, 'already');
    if (inventory === 'switching' && switchingTo !== to) {
      await setInventory(client, batchId, to);
      return ended(move, 'undone');
    }
    return switchOver(move, inventory === 'switching');
  });
}

function ended({ batchId }: Move, outcome: BatchMigration['outcome']): BatchMigration {
  return { batchId, outcome, copied: 0, pauseMs: 0, disagreements: [] };
}

/** @param isMarked an interrupted migration left callers waiting: nothing is copied ahead */
async function switchOver(move: Move, isMarked: boolean): Promise<BatchMigration> {
  const { client, batchId, to, control } = move;
  const ahead = isMarked ? 0 : await begin(move);
  const startMs = performance.now();
  if (!isMarked) await markSwitching(client, batchId, to);
  try {
    const { copied, disagreements } = await finish(move, startMs + control.pauseLimitMs);
    if (disagreements.length > 0) await putBack(move);
    else await control.onStep?.(batchId, 'switched');
    const outcome = disagreements.length > 0 ? 'put_back' : 'migrated';
    return {
      ...{ batchId, outcome, disagreements },
      copied: ahead + copied,
      pauseMs: performance.now() - startMs,
    };
  } catch (error) {
    // Why it failed is what counts; a batch that could not be put back is resumed by the next migration.
    await putBack(move).catch(() => undefined);
    throw error;
  }
}

async function begin({ client, batchId, to, control }: Move): Promise<number> {
  await noteBeginning(client, batchId);
  return copyAhead(client, batchId, to, (rows) => {
    control.onCopied?.(batchId, rows);
    control.signal?.throwIfAborted();
  });
}

/** What is done while callers wait. */
async function finish({ client, batchId, to, control }: Move, deadlineMs: number): Promise<Copied> {
  await control.onStep?.(batchId, 'marked');
  await drainOlderWriters(client, deadlineMs);
  await control.onStep?.(batchId, 'drained');
  const settledMs = Math.min(deadlineMs, performance.now() + LONGEST_CALL_MS);
  for (;;) {
    control.signal?.throwIfAborted();
    const end = await transaction(client, async () => {
      const rest = await copyRest(client, batchId, to);
      if (rest.disagreements.length > 0) return rest;
      await control.onStep?.(batchId, 'copied');
      await setInventory(client, batchId, to);
      return rest;
    });
    const mayPass = end.disagreements.every(isUnderWay) && performance.now() < settledMs;
    if (end.disagreements.length === 0 || !mayPass) return end;
    await sleep(LOOK_AGAIN_MS);
  }
}

/** A call of `legacy` between its two transactions has a slot, and no essay yet. */
function isUnderWay(row: Witness): boolean {
  return row['slot_content'] !== null && row['essay_content'] === null;
}

function putBack({ client, batchId, to }: Move): Promise<unknown> {
  return setInventory(client, batchId, to === 'slots' ? 'essays' : 'slots');
}
