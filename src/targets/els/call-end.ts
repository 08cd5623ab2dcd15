import type { AssignmentResult } from './engine/assignment.js';
import { mayHaveHappenedBy, type CallEnd } from '../../domain/call.js';
import { AssignmentError } from '../../domain/errors.js';

const NOTHING = {
  slotId: null,
  recovered: false,
  replyLost: false,
  mayHaveHappened: false,
  errorCode: null,
  sqlState: null,
};

/** Nobody was told: the caller gave up or died, and the call may have happened. */
export const CUT_OFF: CallEnd = { ...NOTHING, outcome: 'unknown', mayHaveHappened: true };

/** What `assign` answered. */
export function toEnd(result: AssignmentResult): CallEnd {
  const { outcome } = result;
  if (outcome === 'no_slot') return { ...NOTHING, outcome };
  return {
    ...NOTHING,
    outcome,
    slotId: result.essayId,
    recovered: outcome === 'created' && result.recovered,
    replyLost: outcome === 'reused' && result.replyLost === true,
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
  const told = { outcome: ambiguous ? 'unknown' : 'error', errorCode: error.code } as const;
  return { ...NOTHING, ...told, mayHaveHappened: mayHaveHappenedBy(told), sqlState };
}
