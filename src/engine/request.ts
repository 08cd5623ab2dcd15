import type { AssignmentRequest } from '../domain/assignment.js';
import { AssignmentError } from '../domain/errors.js';

const MAX_ID_CHARACTERS = 255;

/** NUL, and surrogates that are no pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

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

function checkText(request: AssignmentRequest, field: TextField, minCharacters: number): void {
  const value: unknown = request[field];
  if (typeof value !== 'string') throw invalid(request, `${field} must be a string`);
  if (
    value.length < minCharacters ||
    (value.length > MAX_ID_CHARACTERS && [...value].length > MAX_ID_CHARACTERS)
  ) {
    throw invalid(request, `${field} must have ${minCharacters} to ${MAX_ID_CHARACTERS} characters`);
  }
  if (UNSTORABLE.test(value)) {
    throw invalid(
      request,
      `${field} must not contain NUL or half a surrogate pair: PostgreSQL cannot store them`,
    );
  }
}

function invalid({ correlationId = '' }: Partial<AssignmentRequest>, message: string): AssignmentError {
  return new AssignmentError('invalid_request', message, { retryable: false, correlationId });
}
