import { describe, expect, it } from 'vitest';
import { contradictionIn } from '#els/domain/call.js';
import { toAnswer, toRequest } from '#els/targets/els/call-end.js';
import { ASSIGNMENT_ERROR_CODES, AssignmentError } from '#els/targets/els/engine/errors.js';

describe('what an error that was thrown says', () => {
  it.each(ASSIGNMENT_ERROR_CODES)('%s: whether it may have happened, without a contradiction', (code) => {
    const endOf = (ambiguous: boolean) =>
      toAnswer(new AssignmentError(code, 'm', { retryable: false, correlationId: 'c', ambiguous }));
    const may = code === 'contention_deadline' || code === 'database_unavailable';
    expect(endOf(false)).toMatchObject({ outcome: 'error', mayHaveHappened: may });
    expect(endOf(true)).toMatchObject({ outcome: 'unknown', mayHaveHappened: true });
    for (const end of [endOf(false), endOf(true)]) expect(contradictionIn(end, 'named')).toBeUndefined();
  });
});

it('names a content, its upload and the call apart, so that a target which mistakes one for another is caught', () => {
  const { textStorageId, fileUploadId, correlationId, batchId } = toRequest({
    ...{ batchId: 'b', contentId: 'c', callId: 'c-1', redelivered: false },
  });
  expect({ batchId, textStorageId, correlationId }).toEqual({
    ...{ batchId: 'b', textStorageId: 'c', correlationId: 'c-1' },
  });
  expect(new Set([textStorageId, fileUploadId, correlationId, batchId]).size).toBe(4);
});
