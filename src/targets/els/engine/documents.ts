import type { BindValues } from '../../../database/statement.js';
import type { AssignmentRequest } from './assignment.js';

/**
 * Shapes what an assignment writes, the same for every strategy: the values of the binds that each statement
 * may name, with the three JSON documents of an essay.
 *
 * @param request the content to assign
 * @param now the moment that the timeline states
 * @param lowWater where the claim starts; null: it looks everywhere
 */
export function assignmentBinds(
  request: AssignmentRequest,
  now: Date,
  lowWater: string | null = null,
): BindValues {
  return {
    low_water: lowWater,
    batch_id: request.batchId,
    text_storage_id: request.textStorageId,
    original_file_name: request.originalFileName,
    file_size_bytes: String(request.fileSizeBytes),
    content_md5_hash: request.contentMd5Hash,
    file_upload_id: request.fileUploadId,
    correlation_id: request.correlationId,
    processing_metadata: JSON.stringify(processingMetadata(request)),
    storage_references: JSON.stringify(storageReferences(request)),
    timeline: timeline(now),
  };
}

/**
 * The same for many contents of one batch: values of the binds of a statement that assigns them at once.
 *
 * @param requests one for each content
 * @returns the contents in the order of their ids, the same for every caller
 */
export function manyBinds(
  batchId: string,
  requests: readonly AssignmentRequest[],
  now: Date,
  lowWater: string | null,
): BindValues {
  const inOrder = [...requests].sort((a, b) => (a.textStorageId < b.textStorageId ? -1 : 1));
  const contents = inOrder.map((request) => ({
    text_storage_id: request.textStorageId,
    processing_metadata: processingMetadata(request),
    storage_references: storageReferences(request),
  }));
  return {
    low_water: lowWater,
    batch_id: batchId,
    contents: JSON.stringify(contents),
    timeline: timeline(now),
  };
}

function processingMetadata(request: AssignmentRequest): object {
  return {
    original_file_name: request.originalFileName,
    file_size_bytes: request.fileSizeBytes,
    content_md5_hash: request.contentMd5Hash,
    file_upload_id: request.fileUploadId,
    correlation_id: request.correlationId,
  };
}

function storageReferences({ textStorageId }: AssignmentRequest): object {
  return { original_essay: textStorageId };
}

function timeline(now: Date): string {
  return JSON.stringify({ ready_for_processing: now.toISOString() });
}

/** Every bind that a strategy's statement may name. */
export const ASSIGNMENT_BINDS: readonly string[] = Object.keys(
  assignmentBinds(
    {
      batchId: '',
      textStorageId: '',
      originalFileName: '',
      fileSizeBytes: 0,
      contentMd5Hash: '',
      fileUploadId: '',
      correlationId: '',
    },
    new Date(0),
  ),
);
