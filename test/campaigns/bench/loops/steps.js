import { bindValues, loadStatement } from '#els/database/statement.js';
import { assignmentBinds } from '#els/targets/els/engine/documents.js';

const own = (path, reads) => ({ statement: loadStatement(path), reads });

/**
 * What each strategy sends for a new content, round trip by round trip; `reads` is the bind that later ones take from
 * the first column of this one's answer.
 */
export const STEPS = {
  inventory: [own('strategies/inventory')],
  legacy: [
    own('strategies/legacy/find-tracker', 'tracker_id'),
    own('strategies/legacy/find-assignment'),
    own('strategies/legacy/claim-slot', 'essay_id'),
    own('strategies/legacy/begin'),
    own('strategies/legacy/read-essay'),
    own('strategies/legacy/upsert-essay'),
    own('strategies/legacy/insert-event'),
    own('strategies/legacy/commit'),
    own('completion/look'),
  ],
};

/** Values of the binds of a new content in one of as many batches: as the engine shapes them. */
export function newContent(number, batches) {
  const content = `${process.pid}-${number}`;
  const request = {
    batchId: String(1 + Math.floor(Math.random() * batches)),
    textStorageId: content,
    originalFileName: 'essay.txt',
    fileSizeBytes: 1_024,
    contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
    fileUploadId: content,
    correlationId: content,
  };
  return { ...assignmentBinds(request, new Date(), ''), repair: 'f' };
}

/** @param {{ statement: object }} step */
export function valuesOf({ statement }, binds) {
  return bindValues(statement, binds);
}
