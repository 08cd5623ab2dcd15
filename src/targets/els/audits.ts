import type { ClientBase } from 'pg';
import type { Witness } from '../../domain/run-result.js';
import type { Audit, AuditTerms, Gap, ReadTime } from '../../target/host.js';
import { loadStatement } from '../../database/statement.js';
import { gapOf, readEvidence } from './evidence.js';

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

const AFTER_A_RUN_ONLY: Gap = {
  reason: 'asked right after a run alone: a relay that marks events, or a restored dump, writes rows anew',
  everywhere: true,
};

/** Runs the audits on batches, one after the other, on the client's snapshot. Nothing is changed. */
export async function runAudits(
  client: ClientBase,
  batchIds: readonly string[],
  { rightAfterRun }: ReadTime,
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
