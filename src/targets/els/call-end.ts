import type { CallEnd } from '../../domain/call.js';
import { DATABASE_UNAVAILABLE, type CallAnswer, type CallRequest } from '../../target/instance.js';
import type { AssignmentRequest, AssignmentResult } from './engine/assignment.js';
import { AssignmentError, type AssignmentErrorCode } from './engine/errors.js';

/**
 * After which errors a slot may be taken although the caller was told of none: the call was given up, and an attempt of it
 * may have been carried out, or a part of one that commits more than once. After the others nothing happened.
 */
const MAY_HAVE_HAPPENED: Readonly<Record<AssignmentErrorCode, boolean>> = {
  unknown_batch: false,
  inventory_mismatch: false,
  contention_deadline: true,
  [DATABASE_UNAVAILABLE]: true,
  invalid_request: false,
  engine_closed: false,
  strategy_failed: false,
};

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
 * What `assign` threw.
 *
 * @throws the error itself when it is a defect of the program
 */
export function toAnswer(error: unknown): CallAnswer {
  if (!(error instanceof AssignmentError)) throw error;
  const { code, message, details } = error;
  const isUnknown = details.ambiguous === true;
  return {
    outcome: isUnknown ? 'unknown' : 'error',
    slotId: null,
    recovered: false,
    replyLost: false,
    mayHaveHappened: isUnknown || MAY_HAVE_HAPPENED[code],
    errorCode: code,
    sqlState: details.sqlState ?? null,
    message,
  };
}
