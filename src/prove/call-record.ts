import type { AssignmentResult } from '../domain/assignment.js';
import type { Call } from '../domain/call.js';
import { AssignmentError } from '../domain/errors.js';

/** How a call ended, or that its process is gone. */
export type CallEnd = Pick<
  Call,
  'outcome' | 'essayId' | 'recovered' | 'replyLost' | 'errorCode' | 'sqlState'
>;

const NOTHING = { essayId: null, recovered: false, replyLost: false, errorCode: null, sqlState: null };

/** Its process died: it may have happened. */
export const DIED: CallEnd = { ...NOTHING, outcome: 'unknown' };

export function toEnd(result: AssignmentResult): CallEnd {
  const { outcome } = result;
  if (outcome === 'no_slot') return { ...NOTHING, outcome };
  const { essayId } = result;
  const recovered = outcome === 'created' && result.recovered;
  const replyLost = outcome === 'reused' && result.replyLost === true;
  return { ...NOTHING, outcome, essayId, recovered, replyLost };
}

/** @throws the error itself when it is a defect of the program */
export function toErrorEnd(error: unknown): CallEnd {
  if (!(error instanceof AssignmentError)) throw error;
  return { ...NOTHING, outcome: 'error', errorCode: error.code, sqlState: error.details.sqlState ?? null };
}
