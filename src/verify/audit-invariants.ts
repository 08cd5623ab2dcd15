import type { Call } from '../domain/call.js';
import type { NotAsked, Witness } from '../domain/run-result.js';
import type { Audit } from '../target/host.js';
import type { Evidence } from './run-evidence.js';
import { callsOf, isIndefinite, type ContentHistory } from './history-index.js';
import { MAX_WITNESSES } from './invariant.js';
import type { Invariant } from './invariants.js';
import type { Violation } from './violation.js';

/** What a target audits of itself, asked like any other invariant. */
export function auditInvariants(audits: readonly Audit[]): Invariant[] {
  return audits.filter(wasAsked).map((audit) => ({
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

/** The fewest calls that a row speaks of: those that took what it names, and those whose ids it names. */
function callsOn(
  row: Witness,
  contents: readonly ContentHistory[],
  batch: ReadonlyMap<string, ContentHistory>,
): Call[] {
  const calls = contents.length > 0 ? contents.flatMap(callsOf) : callsToldOf(slotIdOf(row), batch);
  const named = calls.filter((call) => call.callId === row['found'] || call.callId === row['expected']);
  return [...new Set([...takers(calls), ...named])];
}

function callsToldOf(
  slotId: string | undefined,
  batch: ReadonlyMap<string, ContentHistory>,
): readonly Call[] {
  if (slotId === undefined) return [];
  return [...batch.values()].flatMap(callsOf).filter((call) => call.slotId === slotId);
}

/** Those that said they took a slot; without one those that may have; else the first that was told of one, or of none. */
function takers(calls: readonly Call[]): readonly Call[] {
  const created = calls.filter((call) => call.outcome === 'created');
  if (created.length > 0) return created;
  const indefinite = calls.filter(isIndefinite);
  return indefinite.length > 0 ? indefinite : calls.slice(0, 1);
}

function slotIdOf(row: Witness): string | undefined {
  const { slotId } = row;
  return typeof slotId === 'string' ? slotId : undefined;
}

function batchIdOf(row: Witness): string {
  return String(row['batchId']);
}

function contentIdsOf({ contentId }: Witness): string[] {
  return typeof contentId === 'string' ? [contentId] : [];
}

/** Whether an audit says something: it was asked, if only of a part, or what it was asked is violated. */
function wasAsked({ rows, gap }: Audit): boolean {
  return rows.length > 0 || gap?.everywhere !== true;
}

/** What audits could not be asked, and why. */
export function notAskedOf(audits: readonly Audit[]): NotAsked[] {
  return audits.flatMap(({ name, gap }) => (gap === undefined ? [] : [{ name, reason: gap.reason }]));
}
