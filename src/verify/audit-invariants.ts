import type { Witness } from '../domain/run-result.js';
import type { Audit } from './audits.js';
import type { Evidence } from './run-evidence.js';
import { callsOf, type ContentHistory, type JudgedCall } from './history-index.js';
import { MAX_WITNESSES } from './invariant.js';
import type { Invariant } from './invariants.js';
import type { Violation } from './violation.js';

/** What a target audits of itself, asked like any other invariant. */
export function auditInvariants(audits: readonly Audit[]): Invariant[] {
  return audits.map((audit) => ({
    name: audit.name,
    askedWhen: [],
    excusedBy: audit.needsCommits ? ['lost commits'] : [],
    check: (evidence) => violationsOf(audit, evidence),
  }));
}

/** Each row is one, told with the calls that the rows which are shown speak of. */
function violationsOf({ rows, mayBeHalfDone }: Audit, evidence: Evidence): Violation[] {
  const contentsOf = new Map(evidence.batches.map(({ batchId, contents }) => [batchId, contents]));
  const open = new Set(evidence.open);
  const { incomplete, notQuiet, unsettled } = evidence.circumstances;
  const isUnderWay = incomplete.length > 0 || notQuiet !== undefined || unsettled !== undefined;
  return rows.map((row, position) => {
    const batch = contentsOf.get(batchIdOf(row));
    const named = contentIdsOf(row);
    const contents = named.flatMap((contentId) => batch?.get(contentId) ?? []);
    const isOpen = named.length === 0 ? open.size > 0 : contents.some((content) => open.has(content));
    return {
      rows: [row],
      calls: position < MAX_WITNESSES && batch !== undefined ? callsOn(row, contents, batch) : [],
      excused: mayBeHalfDone && (isUnderWay || isOpen),
    };
  });
}

/** The calls of the contents that a row names, or that were told of the slot that it names. */
function callsOn(
  row: Witness,
  contents: readonly ContentHistory[],
  batch: ReadonlyMap<string, ContentHistory>,
): JudgedCall[] {
  if (contents.length > 0) return contents.flatMap(callsOf);
  const slotId = row['slotId'] ?? row['slot_id'] ?? row['essay_id'];
  if (typeof slotId !== 'string') return [];
  return [...batch.values()].flatMap(callsOf).filter((call) => call.slotId === slotId);
}

function batchIdOf(row: Witness): string {
  return String(row['batchId'] ?? row['batch_id']);
}

/** The columns in which a row may name contents. */
const CONTENT_COLUMNS = ['contentId', 'content_id', 'text_storage_id', 'slot_content', 'essay_content'];

function contentIdsOf(row: Witness): string[] {
  return CONTENT_COLUMNS.map((column) => row[column]).filter((id) => typeof id === 'string');
}
