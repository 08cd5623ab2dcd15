import { complaintAboutText } from '../../../base/text.js';
import type { AssignmentRequest } from './assignment.js';
import { AssignmentError } from './errors.js';

/**
 * Checks a request before anything is sent.
 *
 * @throws AssignmentError `invalid_request` that names the field
 */
export function checkRequest(request: AssignmentRequest): void {
  if (!isObject(request)) throw invalid({}, 'a request must be an object');
  checkText(request, 'batchId', 1);
  checkText(request, 'textStorageId', 1);
  checkText(request, 'correlationId', 1);
  checkText(request, 'originalFileName', 0);
  checkText(request, 'contentMd5Hash', 0);
  checkText(request, 'fileUploadId', 0);
  if (!Number.isSafeInteger(request.fileSizeBytes) || request.fileSizeBytes < 0) {
    throw invalid(request, 'fileSizeBytes must be a whole number of bytes, 0 or more');
  }
}

/**
 * Checks that many requests are a list, whatever is in it.
 *
 * @throws AssignmentError `invalid_request`
 */
export function checkRequests(requests: readonly AssignmentRequest[]): void {
  if (!Array.isArray(requests)) throw invalid({}, 'requests must be an array');
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

type TextField = {
  [K in keyof AssignmentRequest]: AssignmentRequest[K] extends string ? K : never;
}[keyof AssignmentRequest];

function checkText(request: AssignmentRequest, field: TextField, minCharacters: 0 | 1): void {
  const complaint = complaintAboutText(request[field], minCharacters);
  if (complaint !== undefined) throw invalid(request, `${field} ${complaint}`);
}

function invalid({ correlationId = '' }: Partial<AssignmentRequest>, message: string): AssignmentError {
  return new AssignmentError('invalid_request', message, { retryable: false, correlationId });
}
