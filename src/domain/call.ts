import type { Places } from './promises.js';

export const CALL_OUTCOMES = ['created', 'reused', 'assigned', 'no_slot', 'error', 'unknown'] as const;
/** How a call ended. `assigned`: the target cannot tell `created` from `reused`. `unknown`: the reply was lost, so it may have happened. */
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/**
 * One call of `assign` as its worker saw it. All times are microseconds of the host's monotonic clock
 * (`process.hrtime`), comparable between the processes of one host.
 */
export interface Call {
  readonly worker: number;
  readonly batchId: string;
  readonly contentId: string;
  readonly callId: string;
  /** When the delivery was due: the barrier's release for a burst. Latency counts from here. */
  readonly intendedMicros: number;
  /** When it was given to the engine, with a connection free for it. Service time counts from here. */
  readonly startMicros: number;
  readonly endMicros: number;
  readonly outcome: CallOutcome;
  readonly slotId: string | null;
  readonly recovered: boolean;
  /** It ended as `reused` after a reply of its own was lost: it may itself have taken the slot. */
  readonly replyLost: boolean;
  /** It ended without an answer, and may have taken a slot all the same, at any moment after its start. */
  readonly mayHaveHappened: boolean;
  readonly errorCode: string | null;
  readonly sqlState: string | null;
}

/** How a call ended, apart from when. */
export type CallEnd = Pick<
  Call,
  'outcome' | 'slotId' | 'recovered' | 'replyLost' | 'mayHaveHappened' | 'errorCode' | 'sqlState'
>;

/** Nobody was told: the caller gave up or died, and the call may have happened. */
export const CUT_OFF: CallEnd = {
  outcome: 'unknown',
  slotId: null,
  recovered: false,
  replyLost: false,
  mayHaveHappened: true,
  errorCode: null,
  sqlState: null,
};

/** The code of an error, whatever the target: its database could not be used. */
export const DATABASE_UNAVAILABLE = 'database_unavailable';

/** Errors that may have happened where a line of a history does not say so: the codes of the built-in target. */
const GIVEN_UP: ReadonlySet<string | null> = new Set(['contention_deadline', DATABASE_UNAVAILABLE]);

/** Whether an end may have happened that a history tells without saying so. Of another code it does not follow. */
export function mayHaveHappenedBy({ outcome, errorCode }: Pick<Call, 'outcome' | 'errorCode'>): boolean {
  return outcome === 'unknown' || (outcome === 'error' && GIVEN_UP.has(errorCode));
}

/** Whether the server answered, whatever it said. */
export function isAnswered({ outcome, errorCode }: Pick<Call, 'outcome' | 'errorCode'>): boolean {
  return outcome !== 'unknown' && errorCode !== DATABASE_UNAVAILABLE;
}

/**
 * What an end says of itself that cannot be: one rule for live workers and for history files.
 *
 * @param places whether answers name slots
 * @returns the contradiction in words; undefined when there is none
 */
export function contradictionIn(end: CallEnd, places: Places): string | undefined {
  const { outcome, slotId, recovered, replyLost, errorCode, sqlState } = end;
  const hasSlot = outcome === 'created' || outcome === 'reused' || outcome === 'assigned';
  const hasFailed = outcome === 'error' || outcome === 'unknown';
  if (hasSlot && places === 'named' && slotId === null) return `${outcome} without a slotId`;
  if (hasSlot && places === 'counted' && slotId !== null) return `${outcome} with a slotId in counted places`;
  if (!hasSlot && slotId !== null) return `${outcome} with a slotId`;
  if (outcome !== 'created' && recovered) return `${outcome} and recovered, which only created can be`;
  if (outcome !== 'reused' && replyLost) return `${outcome} with replyLost, which only reused can have`;
  if (outcome === 'error' && errorCode === null) return 'error without an errorCode';
  if (!hasFailed && errorCode !== null) return `${outcome} with an errorCode`;
  if (!hasFailed && sqlState !== null) return `${outcome} with a sqlState`;
  if (!hasFailed && end.mayHaveHappened)
    return `${outcome} with mayHaveHappened, which is for error and unknown`;
  if (outcome === 'unknown' && !end.mayHaveHappened) return 'unknown without mayHaveHappened';
  return undefined;
}
