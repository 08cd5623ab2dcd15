import type { AssignmentErrorCode } from './errors.js';

export const CALL_OUTCOMES = ['created', 'reused', 'no_slot', 'error', 'unknown'] as const;
/** How a call ended. `unknown`: the reply was lost, so it may have happened. */
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
  readonly errorCode: AssignmentErrorCode | null;
  readonly sqlState: string | null;
}
