import type { ClientBase } from 'pg';
import { Session } from '../../../database/session.js';
import type { BindValues } from '../../../database/statement.js';
import { loadStatement } from './statement.js';
import type { AssignmentRequest, AssignmentResult } from './assignment.js';
import type { Answered, CallUnderWay } from './attempts.js';
import { assignmentBinds } from './documents.js';
import { afterContention, nextAttempt, requestLook, reroute, type EngineParts } from './engine-parts.js';
import { givenUpError, refusalError, type Setback } from './outcome-errors.js';
import type { CallMemory, FinalAnswer } from './strategy.js';

export const OWN_ASSIGNMENT = loadStatement('strategies/own-assignment');

/** One call of `assign` under way. */
interface Call extends CallUnderWay {
  readonly request: AssignmentRequest;
  readonly binds: BindValues;
  readonly memory: CallMemory;
}

/**
 * Gives one content its slot.
 *
 * @param request checked
 * @returns how the call ended
 * @throws AssignmentError when there is no outcome
 */
export async function assignOne(
  parts: EngineParts,
  request: AssignmentRequest,
  progress: CallUnderWay,
): Promise<AssignmentResult> {
  const call: Call = { ...progress, request, binds: assignmentBinds(request, new Date()), memory: {} };
  const end = await parts.attempts.untilAnswered(call, (client) => attempt(parts, client, call));
  if ('answer' in end) return end.answer;
  // It may have taken the last slot all the same.
  if (call.ambiguous) parts.checks.request(request.batchId, performance.now(), false);
  throw givenUpError(end, request, call.ambiguous);
}

async function attempt(
  parts: EngineParts,
  client: ClientBase,
  call: Call,
): Promise<Answered<AssignmentResult> | Setback> {
  try {
    return await attemptOn(parts, client, call);
  } catch (error) {
    call.ambiguous ||= call.memory.claimedEssayId !== undefined;
    throw error;
  }
}

async function attemptOn(
  parts: EngineParts,
  client: ClientBase,
  call: Call,
): Promise<Answered<AssignmentResult> | Setback> {
  const { routes, marks } = parts;
  const { batchId } = call.request;
  const next = nextAttempt(parts, call, batchId);
  const { strategy, lowWater } = next;
  const session = new Session(client, call.trace ?? parts.claims);
  const sentAtMs = performance.now();
  const claimedBefore = call.memory.claimedEssayId;
  const answer = await strategy.attempt(session, { ...call.binds, low_water: lowWater }, call.memory);
  switch (answer.outcome) {
    case 'contended':
      return afterContention(parts, client, call, next);
    case 'inventory_mismatch':
      if (routes.rerouteFrom(batchId, strategy)) return reroute(call);
      throw refusalError(answer.outcome, call.request, strategy.inventory, call.ambiguous);
    case 'unknown_batch':
      throw refusalError(answer.outcome, call.request, strategy.inventory, call.ambiguous);
    case 'created':
    case 'reused':
    case 'no_slot': {
      const created = answer.outcome === 'created';
      if (created && strategy.startsAtLowWater) marks.claimed(batchId, answer.essayId);
      await requestLook(parts, client, call, next, { sentAtMs, created });
      return { answer: await toResult(session, call, answer, claimedBefore) };
    }
  }
}

/** A retry after a lost reply may find what its own first attempt created. */
async function toResult(
  session: Session,
  call: Call,
  answer: FinalAnswer,
  claimedBefore: string | undefined,
): Promise<AssignmentResult> {
  if (answer.outcome === 'no_slot') return answer;
  const { outcome, essayId } = answer;
  if (outcome === 'created') return { outcome, essayId, recovered: essayId === claimedBefore };
  if (call.ambiguous && (await isOwn(session, call, essayId))) {
    return { outcome: 'created', essayId, recovered: true };
  }
  return call.ambiguous ? { outcome, essayId, replyLost: true } : { outcome, essayId };
}

async function isOwn(session: Session, call: Call, essayId: string): Promise<boolean> {
  call.trace?.begin('recognize');
  const [row] = await session.run(OWN_ASSIGNMENT, { ...call.binds, essay_id: essayId });
  return row?.[0] === 't';
}
