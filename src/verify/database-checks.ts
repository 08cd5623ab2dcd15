import type { ClientBase } from 'pg';
import type { Call } from '../domain/call.js';
import type { InvariantResult, Witness } from '../domain/run-result.js';
import { wasAsked, type Audit } from './audits.js';
import { isIndefinite, type ContentHistory, type HistoryIndex } from './history-index.js';
import { invariant, MAX_WITNESSES } from './invariant.js';
import { loadStatement } from '../database/statement.js';
import type { RunClock } from './timeline.js';
import type { Violation } from './violation.js';

const ASSIGNMENTS = loadStatement('verify/assignments');

/** An essay that has a content, as the database holds it. */
export interface StoredAssignment {
  readonly batchId: string;
  readonly slotId: string;
  readonly contentId: string;
  /** Of the call that wrote it. */
  readonly callId: string | null;
}

/** Reads all assignments of batches, once they are quiet. */
export async function readAssignments(
  client: ClientBase,
  batchIds: readonly string[],
): Promise<StoredAssignment[]> {
  const { rows } = await client.query<StoredAssignment>(ASSIGNMENTS.text, [batchIds]);
  return rows;
}

/** Says what audits found, with the calls that the rows which are shown speak of. */
export function auditInvariants(
  audits: readonly Audit[],
  index: HistoryIndex,
  clock: RunClock,
): InvariantResult[] {
  return audits.filter(wasAsked).map(({ name, rows }) =>
    invariant(
      name,
      rows.map((row, position) => ({
        rows: [row],
        calls: position < MAX_WITNESSES ? callsOn(row, index) : [],
      })),
      clock,
    ),
  );
}

/** The fewest calls that a row speaks of: those that took what it names, and those whose ids it names. */
function callsOn(row: Witness, index: HistoryIndex): Call[] {
  const batch = index.get(String(row['batch_id']));
  if (batch === undefined) return [];
  const content = batch.get(String(row['text_storage_id']));
  const essayId = row['essay_id'];
  const calls =
    content !== undefined
      ? allCalls(content)
      : typeof essayId === 'string'
        ? [...batch.values()].flatMap(allCalls).filter((call) => call.slotId === essayId)
        : [];
  const named = calls.filter((call) => call.callId === row['found'] || call.callId === row['expected']);
  return [...new Set([...takers(calls), ...named])];
}

/** Those that said they took a slot; without one those that may have; else the first that was told of one, or of none. */
function takers(calls: readonly Call[]): readonly Call[] {
  const created = calls.filter((call) => call.outcome === 'created');
  if (created.length > 0) return created;
  const indefinite = calls.filter(isIndefinite);
  return indefinite.length > 0 ? indefinite : calls.slice(0, 1);
}

function allCalls({ created, reused, noSlot, indefinite, failed }: ContentHistory): Call[] {
  return [...created, ...reused, ...noSlot, ...indefinite, ...failed];
}

/** Holds what is stored against what callers were told. */
export function compareWithHistory(
  stored: readonly StoredAssignment[],
  index: HistoryIndex,
  clock: RunClock,
): InvariantResult[] {
  const contents = [...index.values()].flatMap((batch) => [...batch.values()]);
  return [
    invariant('acknowledged-is-stored', notStored(stored, contents), clock),
    invariant('stored-was-acknowledged', notAcknowledged(stored, index), clock),
  ];
}

/** What a caller was told to hold must be there, in the batch it asked for. */
function notStored(stored: readonly StoredAssignment[], contents: readonly ContentHistory[]): Violation[] {
  const rowOf = new Map(stored.map((row) => [row.slotId, row]));
  return contents.flatMap(({ batchId, contentId, created, reused }) =>
    [...created, ...reused]
      .map((call) => ({ call, row: rowOf.get(call.slotId ?? '') }))
      .filter(({ row }) => row?.contentId !== contentId || row.batchId !== batchId)
      .map(({ call, row }) => ({
        rows: [
          {
            batch_id: batchId,
            content: contentId,
            essay_id: call.slotId,
            stored_batch: row?.batchId ?? null,
            stored_content: row?.contentId ?? null,
          },
        ],
        calls: [call],
      })),
  );
}

/** What is there must have been told to somebody, unless the reply was lost. */
function notAcknowledged(stored: readonly StoredAssignment[], index: HistoryIndex): Violation[] {
  return stored.flatMap((row) => {
    const content = index.get(row.batchId)?.get(row.contentId);
    if (content && content.created.length + content.reused.length + content.indefinite.length > 0) return [];
    const witness = { batch_id: row.batchId, essay_id: row.slotId, content: row.contentId };
    return [{ rows: [witness], calls: content ? allCalls(content) : [] }];
  });
}
