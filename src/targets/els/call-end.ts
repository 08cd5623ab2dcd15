import { mayHaveHappenedBy, type CallEnd } from '../../domain/call.js';
import type { CallAnswer, CallRequest } from '../../target/instance.js';
import type { AssignmentRequest, AssignmentResult } from './engine/assignment.js';
import { AssignmentError } from './engine/errors.js';

/**
 * What the engine is asked. A call says nothing of the file that a content is: its name, size and hash are the same in all
 * calls. The upload has an id of its own, so that a statement which takes it for the content is caught.
 */
export function toRequest({ batchId, contentId, callId }: CallRequest): AssignmentRequest {
  return {
    batchId,
    textStorageId: contentId,
    originalFileName: 'essay.txt',
    fileSizeBytes: 1_024,
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
    fileUploadId: `${contentId}-upload`,
    correlationId: callId,
  };
}

/** What `assign` answered. Field by field: to spread one object into another costs microseconds a call. */
export function toEnd(result: AssignmentResult): CallEnd {
  const { outcome } = result;
  return {
    outcome,
    slotId: outcome === 'no_slot' ? null : result.essayId,
    recovered: outcome === 'created' && result.recovered,
    replyLost: outcome === 'reused' && result.replyLost === true,
    mayHaveHappened: false,
    errorCode: null,
    sqlState: null,
  };
}

/**
 * What `assign` threw, apart from its message.
 *
 * @throws the error itself when it is a defect of the program
 */
export function toErrorEnd(error: unknown): CallEnd {
  if (!(error instanceof AssignmentError)) throw error;
  const outcome = error.details.ambiguous ? 'unknown' : 'error';
  const errorCode = error.code;
  return {
    outcome,
    slotId: null,
    recovered: false,
    replyLost: false,
    mayHaveHappened: mayHaveHappenedBy({ outcome, errorCode }),
    errorCode,
    sqlState: error.details.sqlState ?? null,
  };
}

/**
 * What `assign` threw.
 *
 * @throws the error itself when it is a defect of the program
 */
export function toAnswer(error: unknown): CallAnswer {
  return { ...toErrorEnd(error), message: (error as AssignmentError).message };
}
