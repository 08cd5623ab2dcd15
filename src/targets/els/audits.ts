import type { ClientBase } from 'pg';
import type { NotAsked, Witness } from '../../domain/run-result.js';
import { loadStatement } from '../../database/statement.js';
import { gapOf, readEvidence, type Gap } from './evidence.js';

/** What a target says of one of its audits. */
export interface AuditTerms {
  readonly name: string;
  /** Whether a call that was cut off leaves it so for the next one to finish. */
  readonly mayBeHalfDone: boolean;
  /** Whether it may be violated where commits that were acknowledged are gone. */
  readonly needsCommits: boolean;
}

const ALWAYS = { mayBeHalfDone: false, needsCommits: false };

/** Files of sql/audit/ that hold on any database that carries the schema: each returns the rows that violate it. */
const AUDITS: readonly AuditTerms[] = [
  { name: 'slots-as-registered', ...ALWAYS },
  { name: 'content-in-one-slot', ...ALWAYS },
  { name: 'nothing-half-assigned', ...ALWAYS },
  { name: 'slot-and-essay-agree', ...ALWAYS, mayBeHalfDone: true },
  { name: 'documents-complete', ...ALWAYS },
  { name: 'one-event-per-assignment', ...ALWAYS },
  { name: 'duplicate-wrote-nothing', ...ALWAYS },
  { name: 'one-completion-per-full-batch', mayBeHalfDone: true, needsCommits: true },
];

/**
 * Those that read which transaction wrote a row: right after a run alone, for a relay that marks events as published
 * and a restored dump write rows anew.
 */
const RUN_AUDITS: readonly AuditTerms[] = [{ name: 'event-in-the-same-transaction', ...ALWAYS }];

export interface Audit extends AuditTerms {
  /** The offending rows. Each names the field that is missing or wrong, what was found and what is expected. */
  readonly rows: readonly Witness[];
  /** What it could not be asked. */
  readonly gap?: Gap | undefined;
}

const AFTER_A_RUN_ONLY: Gap = {
  reason: 'asked right after a run alone: a relay that marks events, or a restored dump, writes rows anew',
  everywhere: true,
};

/**
 * Runs the audits on batches, one after the other, on the client's snapshot. Nothing is changed.
 *
 * @param rightAfterRun whether nobody but a run of the tool wrote these rows
 */
export async function runAudits(
  client: ClientBase,
  batchIds: readonly string[],
  rightAfterRun: boolean,
): Promise<Audit[]> {
  const evidence = await readEvidence(client, batchIds);
  const audits: Audit[] = [];
  for (const terms of rightAfterRun ? [...AUDITS, ...RUN_AUDITS] : AUDITS) {
    const { rows } = await client.query<Witness>(loadStatement(`audit/${terms.name}`).text, [batchIds]);
    audits.push({ ...terms, rows, gap: gapOf(terms.name, evidence) });
  }
  const left = rightAfterRun
    ? []
    : RUN_AUDITS.map((terms) => ({ ...terms, rows: [], gap: AFTER_A_RUN_ONLY }));
  return [...audits, ...left];
}

/** Whether an audit says something: it was asked, if only of a part, or what it was asked is violated. */
export function wasAsked({ rows, gap }: Audit): boolean {
  return rows.length > 0 || gap?.everywhere !== true;
}

/** What audits could not be asked, and why. */
export function notAskedOf(audits: readonly Audit[]): NotAsked[] {
  return audits.flatMap(({ name, gap }) => (gap === undefined ? [] : [{ name, reason: gap.reason }]));
}
