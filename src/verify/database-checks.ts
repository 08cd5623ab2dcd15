import type { ClientBase } from 'pg';
import type { InvariantResult, Witness } from '../domain/run-result.js';
import { bindValues, loadStatement } from '../database/statement.js';
import type { ContentHistory, HistoryIndex } from './history-index.js';
import { invariant } from './invariant.js';

/** Files of sql/audit/: each returns the rows that violate its invariant. */
const AUDITS = [
  'content-in-one-slot',
  'nothing-half-assigned',
  'slot-and-essay-agree',
  'documents-complete',
  'one-event-per-assignment',
  'duplicate-wrote-nothing',
  'one-completion-per-full-batch',
] as const;

const ASSIGNMENTS = loadStatement('verify/assignments-of-run');

interface StoredAssignment {
  readonly batchId: string;
  readonly essayId: string;
  readonly textStorageId: string;
}

/**
 * Checks what the database holds of a run, alone and against what the callers were told. Nothing is changed.
 *
 * @param client while the run is quiet
 */
export async function checkDatabase(
  client: ClientBase,
  runId: string,
  index: HistoryIndex,
): Promise<InvariantResult[]> {
  const results: InvariantResult[] = [];
  for (const name of AUDITS) {
    const audit = loadStatement(`audit/${name}`);
    const { rows } = await client.query<Witness>(audit.text, bindValues(audit, { run_id: runId }));
    results.push(invariant(name, rows));
  }
  const { rows } = await client.query<StoredAssignment>(
    ASSIGNMENTS.text,
    bindValues(ASSIGNMENTS, { run_id: runId }),
  );
  return [...results, ...compareWithHistory(rows, index)];
}

function compareWithHistory(stored: readonly StoredAssignment[], index: HistoryIndex): InvariantResult[] {
  const contents = [...index.values()].flatMap((batch) => [...batch.values()]);
  return [
    invariant('acknowledged-is-stored', notStored(stored, contents)),
    invariant('stored-was-acknowledged', notAcknowledged(stored, contents)),
  ];
}

/** What a caller was told to hold must be there, in the batch it asked for. */
function notStored(stored: readonly StoredAssignment[], contents: readonly ContentHistory[]): Witness[] {
  const rowOf = new Map(stored.map((row) => [row.essayId, row]));
  return contents.flatMap(({ batchId, textStorageId, created, reused }) =>
    [...created, ...reused]
      .map((call) => ({ call, row: rowOf.get(call.essayId ?? '') }))
      .filter(({ row }) => row?.textStorageId !== textStorageId || row.batchId !== batchId)
      .map(({ call, row }) => ({
        batch_id: batchId,
        content: textStorageId,
        essay_id: call.essayId,
        stored_batch: row?.batchId ?? null,
        stored_content: row?.textStorageId ?? null,
      })),
  );
}

/** What is there must have been told to somebody, unless the reply was lost. */
function notAcknowledged(
  stored: readonly StoredAssignment[],
  contents: readonly ContentHistory[],
): Witness[] {
  const accounted = new Set(
    contents
      .filter(({ created, reused, indefinite }) => created.length + reused.length + indefinite.length > 0)
      .map(({ textStorageId }) => textStorageId),
  );
  return stored
    .filter((row) => !accounted.has(row.textStorageId))
    .map((row) => ({ essay_id: row.essayId, content: row.textStorageId }));
}
