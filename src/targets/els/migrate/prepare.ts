import { setTimeout as sleep } from 'node:timers/promises';
import { transaction } from '../../../database/session.js';
import type { Witness } from '../../../domain/run-result.js';
import { compareInventories, copyAhead } from './copy.js';
import { drainOlderWriters } from './drain.js';
import { isUnderWay, LONGEST_CALL_MS, LOOK_AGAIN_MS, type Move } from './move.js';
import { noteBeginning } from './tracker.js';

/**
 * Does all that can be done while callers go on, so that they do not wait for what is known to fail: copies, waits for
 * long transactions, and for rows that differ because a call is under way.
 *
 * @returns rows that differ for longer than a call takes: the batch cannot be switched
 * @throws InfrastructureError `older_transaction`, and the reason of the control's signal
 */
export async function prepare(move: Move): Promise<readonly Witness[]> {
  const { client, batchId, to, control } = move;
  await noteBeginning(client, batchId);
  await copyAhead(client, batchId, to, (rows) => {
    move.copied += rows;
    control.onCopied?.(batchId, move.copied);
    control.signal?.throwIfAborted();
  });
  await drainOlderWriters(client, performance.now() + control.pauseLimitMs, control.signal);
  return lastingDisagreements(move);
}

async function lastingDisagreements({ client, batchId, to }: Move): Promise<readonly Witness[]> {
  const look = () => transaction(client, () => compareInventories(client, batchId, to));
  const deadlineMs = performance.now() + LONGEST_CALL_MS;
  let { disagreements: rows } = await look();
  while (rows.length > 0 && rows.every(isUnderWay) && performance.now() < deadlineMs) {
    await sleep(LOOK_AGAIN_MS);
    const { disagreements } = await look();
    const left = new Set(disagreements.map((row) => row['essay_id']));
    rows = rows.filter((row) => left.has(row['essay_id'] ?? null));
  }
  return rows;
}
