import type { ClientBase } from 'pg';
import { Session } from '../../../database/session.js';
import type { AssignmentRequest } from './assignment.js';
import { UsageError } from '../../../domain/errors.js';
import type { Answered, CallUnderWay } from './attempts.js';
import { manyBinds } from './documents.js';
import {
  afterContention,
  nextAttempt,
  requestLook,
  reroute,
  type BatchAttempt,
  type EngineParts,
} from './engine-parts.js';
import { AssignmentError } from './errors.js';
import { rejected, resultsOf, type ManyResults } from './many-results.js';
import { givenUpError, type Setback } from './outcome-errors.js';
import { checkRequest } from './request.js';
import { StrategyContractError, type ContentAnswer, type ManyForm, type Strategy } from './strategy.js';

/** A request and where its result goes. */
interface Place {
  readonly request: AssignmentRequest;
  readonly position: number;
}

/** The requests of each content that has no answer yet; the first of them is the one that creates. */
type OpenContents = Map<string, [Place, ...Place[]]>;

/** What to say of a strategy without a statement for many contents. */
export const ONE_AT_A_TIME = 'assigns one content at a time; accepted are cte and inventory';

/** The part of a call that is about one batch, under way. */
interface BatchCall extends CallUnderWay {
  readonly batchId: string;
  readonly now: Date;
  readonly open: OpenContents;
  readonly results: ManyResults;
}

/**
 * Gives many contents their slots: batch by batch, each batch by one statement.
 *
 * @param start begins the part of the call that is about one batch
 * @returns how each request ended, in their order
 * @throws UsageError `bulk_unsupported` when the strategy assigns one content at a time
 * @throws what is no failure of a server or a strategy, as `assign` does: an ended pool, a defect
 */
export async function assignMany(
  parts: EngineParts,
  requests: readonly AssignmentRequest[],
  start: () => CallUnderWay,
): Promise<ManyResults> {
  for (const strategy of parts.routes.strategies) bulkForm(strategy);
  const results: ManyResults = [];
  for (const [batchId, open] of byBatch(requests, results)) {
    const call: BatchCall = { ...start(), batchId, now: new Date(), open, results };
    const end = await parts.attempts.untilAnswered(call, (client) => attempt(parts, client, call));
    if ('answer' in end) continue;
    // It may have taken the last slot all the same.
    if (call.ambiguous) parts.checks.request(batchId, performance.now(), false);
    for (const { request, position } of [...open.values()].flat()) {
      const error = givenUpError(end, request, call.ambiguous);
      if (!(error instanceof AssignmentError)) throw error;
      results[position] = rejected(error);
    }
  }
  return results;
}

function bulkForm({ many }: Strategy): ManyForm {
  if (many !== undefined) return many;
  throw new UsageError('bulk_unsupported', `this strategy ${ONE_AT_A_TIME}`);
}

/** The valid requests by batch and content; the others are rejected. */
function byBatch(requests: readonly AssignmentRequest[], results: ManyResults): Map<string, OpenContents> {
  const batches = new Map<string, OpenContents>();
  for (const [position, request] of requests.entries()) {
    try {
      checkRequest(request);
    } catch (error) {
      results[position] = rejected(error);
      continue;
    }
    const open = batches.get(request.batchId) ?? new Map<string, [Place, ...Place[]]>();
    batches.set(request.batchId, open);
    const places = open.get(request.textStorageId);
    if (places === undefined) open.set(request.textStorageId, [{ request, position }]);
    else places.push({ request, position });
  }
  return batches;
}

async function attempt(
  parts: EngineParts,
  client: ClientBase,
  call: BatchCall,
): Promise<Answered<true> | Setback> {
  const { batchId, open } = call;
  const made = nextAttempt(parts, call, batchId);
  const { strategy, lowWater } = made;
  const sentAtMs = performance.now();
  const requests = [...open.values()].map(([{ request }]) => request);
  const binds = manyBinds(batchId, requests, call.now, lowWater);
  const answers = await bulkForm(strategy).attempt(new Session(client, call.trace ?? parts.claims), binds);
  if (answers.length !== requests.length) {
    throw new StrategyContractError(
      `the statement answered ${answers.length} of ${requests.length} contents`,
    );
  }
  const isMismatch = answers.some(({ answer }) => answer.outcome === 'inventory_mismatch');
  if (isMismatch && parts.routes.rerouteFrom(batchId, strategy)) return reroute(call);
  for (const answer of answers) settle(parts, call, strategy, answer);
  await requestLookAfter(parts, client, call, made, { sentAtMs, answers });
  if (open.size === 0) return { answer: true };
  return afterContention(parts, client, call, made);
}

/** Notes how the requests of a content ended, unless it must be tried again. */
function settle(
  parts: EngineParts,
  call: BatchCall,
  { inventory }: Strategy,
  { textStorageId, answer, createdBy }: ContentAnswer,
): void {
  if (answer.outcome === 'contended') return;
  if (answer.outcome === 'created') parts.marks.claimed(call.batchId, answer.essayId);
  const places = call.open.get(textStorageId) ?? [];
  call.open.delete(textStorageId);
  const requests = places.map(({ request }) => request);
  const { ambiguous } = call;
  const results = resultsOf(answer, requests, createdBy, { ambiguous, inventory });
  for (const [index, { position }] of places.entries()) {
    const result = results[index];
    if (result !== undefined) call.results[position] = result;
  }
}

/** One look for all that a statement answered. */
async function requestLookAfter(
  parts: EngineParts,
  client: ClientBase,
  call: BatchCall,
  made: BatchAttempt,
  { sentAtMs, answers }: { readonly sentAtMs: number; readonly answers: readonly ContentAnswer[] },
): Promise<void> {
  const outcomes = new Set(answers.map(({ answer }) => answer.outcome));
  const created = outcomes.has('created');
  if (!created && !outcomes.has('reused') && !outcomes.has('no_slot')) return;
  await requestLook(parts, client, call, made, { sentAtMs, created });
}
