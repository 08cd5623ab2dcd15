import type { ClientBase } from 'pg';
import { Session, type RoundTripCounter } from '../database/session.js';
import type { Attempts, CallUnderWay } from './attempts.js';
import type { CompletionDebts, LookResult } from './completion-debts.js';
import { waitForVacancy } from './contention.js';
import type { LowWaterMarks } from './low-water.js';
import type { Setback } from './outcome-errors.js';
import type { Strategy } from './strategy.js';

/** What the calls of one engine share. */
export interface EngineParts {
  readonly strategy: Strategy;
  readonly attempts: Attempts;
  /** Counts the round trips of calls. */
  readonly claims: RoundTripCounter;
  readonly marks: LowWaterMarks;
  readonly debts: CompletionDebts;
  /** Looks at once whether a batch is complete. */
  readonly look: (client: ClientBase, batchId: string) => Promise<LookResult>;
}

/** Where the next attempt of a call starts in its batch; null: it looks everywhere. */
export function lowWaterOf({ marks }: EngineParts, call: CallUnderWay, batchId: string): string | null {
  return call.looksEverywhere ? null : marks.of(batchId);
}

/**
 * After `contended`: waits for a slot in others' hands, unless the attempt started at a mark. From now on the call
 * looks everywhere.
 *
 * @param lowWater where the attempt started
 */
export async function afterContention(
  { strategy, claims }: EngineParts,
  client: ClientBase,
  call: CallUnderWay,
  { batchId, lowWater }: { readonly batchId: string; readonly lowWater: string | null },
): Promise<Setback> {
  call.looksEverywhere = true;
  const owesLook = lowWater !== null;
  const remainingMs = call.deadlineMs - performance.now();
  // At the deadline there is nothing to wait for: the retry will say so.
  if (owesLook || remainingMs <= 0) return { code: 'contended', atOnce: true, owesLook };
  const session = new Session(client, claims);
  const isHeld = await waitForVacancy(session, strategy.inventory, { batch_id: batchId }, remainingMs);
  return { code: 'contended', atOnce: isHeld, owesLook };
}

/** After an answer: a look now, or one that is owed; no later claim takes it over where it has a mark to keep. */
export async function oweLook(
  { strategy, debts, marks, look }: EngineParts,
  client: ClientBase,
  batchId: string,
  answer: { readonly sentAtMs: number; readonly created: boolean },
): Promise<void> {
  if (strategy.looksAfterEachCall) await look(client, batchId);
  else debts.owe(batchId, answer.sentAtMs, answer.created && marks.toKeep(batchId) === '');
}
