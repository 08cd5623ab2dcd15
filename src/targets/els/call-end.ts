import { mayHaveHappenedBy, type CallEnd } from '../../domain/call.js';
import { AssignmentError } from '../../domain/errors.js';
import type { CallRequest } from '../../target/instance.js';
import type { AssignmentRequest, AssignmentResult } from './engine/assignment.js';

export { CUT_OFF } from '../../domain/call.js';

const NOTHING = {
  slotId: null,
  recovered: false,
  replyLost: false,
  mayHaveHappened: false,
  errorCode: null,
  sqlState: null,
};

/** What the engine is asked; of the file that a content is, it is told what no call says. */
export function toRequest({ batchId, contentId, callId }: CallRequest): AssignmentRequest {
  return {
    batchId,
    textStorageId: contentId,
    originalFileName: 'essay.txt',
    fileSizeBytes: 1_024,
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
    fileUploadId: contentId,
    correlationId: callId,
  };
}

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
