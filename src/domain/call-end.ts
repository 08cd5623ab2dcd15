import type { AssignmentResult } from './assignment.js';
import type { Call } from './call.js';
import { AssignmentError } from './errors.js';

/** How a call ended, apart from when. */
export type CallEnd = Pick<Call, 'outcome' | 'slotId' | 'recovered' | 'replyLost' | 'errorCode' | 'sqlState'>;

const NOTHING = { slotId: null, recovered: false, replyLost: false, errorCode: null, sqlState: null };

/** Nobody was told: the caller gave up or died, and the call may have happened. */
export const CUT_OFF: CallEnd = { ...NOTHING, outcome: 'unknown' };

/** What `assign` answered. */
export function toEnd(result: AssignmentResult): CallEnd {
  const { outcome } = result;
  if (outcome === 'no_slot') return { ...NOTHING, outcome };
  return {
    outcome,
    slotId: result.essayId,
    recovered: outcome === 'created' && result.recovered,
    replyLost: outcome === 'reused' && result.replyLost === true,
    errorCode: null,
    sqlState: null,
  };
}

/**
 * What `assign` threw.
 *
 * @throws the error itself when it is a defect of the program
 */
export function toErrorEnd(error: unknown): CallEnd {
  if (!(error instanceof AssignmentError)) throw error;
  const { ambiguous = false, sqlState = null } = error.details;
  return { ...NOTHING, outcome: ambiguous ? 'unknown' : 'error', errorCode: error.code, sqlState };
}
