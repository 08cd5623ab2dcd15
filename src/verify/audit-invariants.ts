import type { Call } from '../domain/call.js';
import type { NotAsked, Witness } from '../domain/run-result.js';
import { slotIdText } from '../target/answers.js';
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

type Contents = ReadonlyMap<string, ContentHistory>;

/** Each row is one, told with the calls that the rows which are shown speak of. */
function violationsOf({ rows, mayBeHalfDone }: Audit, evidence: Evidence): Violation[] {
  const batches = new Map(evidence.batches.map(({ batchId, contents }) => [batchId, contents]));
  const open = new Set(evidence.open);
  const { incomplete, notQuiet, unsettled } = evidence.circumstances;
  const isUnderWay = incomplete.length > 0 || notQuiet !== undefined || unsettled !== undefined;
  return rows.map((row, position) => {
    const batch = batches.get(idIn(row, 'batchId') ?? '');
    const contents = contentsNamed(row, batch, batches);
    const isOpen = contents === undefined ? open.size > 0 : contents.some((content) => open.has(content));
    return {
      rows: [row],
      calls: position < MAX_WITNESSES ? callsOn(row, contents ?? [], batch) : [],
      excused: mayBeHalfDone && (isUnderWay || isOpen),
    };
  });
}

/**
 * The contents that a row is about: of the batch that it names, or where it names none of the run's, of all of them.
 *
 * @returns undefined where it names nothing that is known: it may be about any
 */
function contentsNamed(
  row: Witness,
  batch: Contents | undefined,
  batches: ReadonlyMap<string, Contents>,
): readonly ContentHistory[] | undefined {
  const contentId = idIn(row, 'contentId');
  if (contentId === undefined) return undefined;
  if (batch !== undefined) return [batch.get(contentId) ?? []].flat();
  const found = [...batches.values()].flatMap((each) => each.get(contentId) ?? []);
  return found.length > 0 ? found : undefined;
}

/** The fewest calls that a row speaks of: those that took what it names, and those whose ids it names. */
function callsOn(row: Witness, contents: readonly ContentHistory[], batch: Contents | undefined): Call[] {
  const calls = contents.length > 0 ? contents.flatMap(callsOf) : callsToldOf(idIn(row, 'slotId'), batch);
  const named = calls.filter((call) => call.callId === row['found'] || call.callId === row['expected']);
  return [...new Set([...takers(calls), ...named])];
}

function callsToldOf(slotId: string | undefined, batch: Contents | undefined): readonly Call[] {
  if (slotId === undefined || batch === undefined) return [];
  return [...batch.values()].flatMap(callsOf).filter((call) => call.slotId === slotId);
}

/** Those that said they took a slot; without one those that may have; else the first that was told of one, or of none. */
function takers(calls: readonly Call[]): readonly Call[] {
  const created = calls.filter((call) => call.outcome === 'created');
  if (created.length > 0) return created;
  const indefinite = calls.filter(isIndefinite);
  return indefinite.length > 0 ? indefinite : calls.slice(0, 1);
}

/** An id as it is compared, be it text or a number in its column. */
function idIn(row: Witness, name: 'batchId' | 'slotId' | 'contentId'): string | undefined {
  return slotIdText(row[name]);
}

/** Whether an audit says something: it was asked, if only of a part, or what it was asked is violated. */
function wasAsked({ rows, gap }: Audit): boolean {
  return rows.length > 0 || gap?.everywhere !== true;
}

/** What audits could not be asked, and why. */
export function notAskedOf(audits: readonly Audit[]): NotAsked[] {
  return audits.flatMap(({ name, gap }) => (gap === undefined ? [] : [{ name, reason: gap.reason }]));
}
