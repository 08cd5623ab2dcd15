import type { ClientBase } from 'pg';
import { Session, type RoundTripCounter } from '../../../database/session.js';
import type { Attempts, CallUnderWay } from './attempts.js';
import type { CompletionChecks, LookResult } from './completion-checks.js';
import { waitForVacancy } from './contention.js';
import type { LowWaterMarks } from './low-water.js';
import type { Setback } from './outcome-errors.js';
import type { Routes } from './routes.js';
import type { Strategy } from './strategy.js';

/** What the calls of one engine share. */
export interface EngineParts {
  readonly routes: Routes;
  readonly attempts: Attempts;
  /** Counts the round trips of calls. */
  readonly claims: RoundTripCounter;
  readonly marks: LowWaterMarks;
  readonly checks: CompletionChecks;
  /** Looks at once whether a batch is complete. */
  readonly look: (client: ClientBase, batchId: string) => Promise<LookResult>;
}

/** An attempt under way in a batch. */
export interface BatchAttempt {
  readonly batchId: string;
  readonly strategy: Strategy;
  /** Where it started; null: it looked everywhere. */
  readonly lowWater: string | null;
}

/** The next attempt of a call in a batch. */
export function nextAttempt(
  { routes, marks }: EngineParts,
  call: CallUnderWay,
  batchId: string,
): BatchAttempt {
  const strategy = routes.of(batchId);
  const looksEverywhere = call.looksEverywhere || !strategy.startsAtLowWater;
  return { batchId, strategy, lowWater: looksEverywhere ? null : marks.of(batchId) };
}

/**
 * After `inventory_mismatch`, where another strategy serves the batch: the next attempt is that one's. The first time
 * it is made whatever the call's deadline; that both strategies refuse a batch passes when it has been switched, or
 * never.
 */
export function reroute(call: CallUnderWay): Setback {
  const isFirst = !call.wasRerouted;
  call.wasRerouted = true;
  return { code: 'inventory_mismatch', atOnce: isFirst, ignoresDeadline: isFirst };
}

/**
 * After `contended`: waits for a slot that is locked by others, or until the batch is switched, unless the attempt
 * started at a mark. From now on the call looks everywhere.
 */
export async function afterContention(
  { claims }: EngineParts,
  client: ClientBase,
  call: CallUnderWay,
  { batchId, strategy, lowWater }: BatchAttempt,
): Promise<Setback> {
  call.looksEverywhere = true;
  const ignoresDeadline = lowWater !== null;
  const remainingMs = call.deadlineMs - performance.now();
  // At the deadline there is nothing to wait for: the retry will say so.
  if (ignoresDeadline || remainingMs <= 0) return { code: 'contended', atOnce: true, ignoresDeadline };
  call.trace?.begin('wait', 'contended');
  const session = new Session(client, call.trace ?? claims);
  const isHeld = await waitForVacancy(session, strategy.inventory, { batch_id: batchId }, remainingMs);
  return { code: 'contended', atOnce: isHeld, ignoresDeadline };
}

/** After an answer: a look now, or a request for one; no later claim takes it over where it has a mark to keep. */
export async function requestLook(
  { checks, marks, look }: EngineParts,
  client: ClientBase,
  { trace }: Pick<CallUnderWay, 'trace'>,
  { batchId, strategy }: BatchAttempt,
  answer: { readonly sentAtMs: number; readonly created: boolean },
): Promise<void> {
  if (strategy.looksAfterEachCall) {
    trace?.begin('look');
    await look(client, batchId);
  } else checks.request(batchId, answer.sentAtMs, answer.created && marks.toKeep(batchId) === '');
}
