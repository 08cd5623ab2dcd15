import type { ClientBase } from 'pg';
import type { Witness } from '../domain/run-result.js';
import { loadStatement } from '../database/statement.js';

/** Files of sql/audit/ that hold on any database that carries the schema: each returns the rows that violate it. */
const AUDITS = [
  'slots-as-registered',
  'content-in-one-slot',
  'nothing-half-assigned',
  'slot-and-essay-agree',
  'documents-complete',
  'one-event-per-assignment',
  'duplicate-wrote-nothing',
  'one-completion-per-full-batch',
] as const;

/**
 * Those that read which transaction wrote a row: right after a run alone, for a relay that marks events as published
 * and a restored dump write rows anew.
 */
const RUN_AUDITS = ['event-in-the-same-transaction'] as const;

export interface Audit {
  readonly name: string;
  /** The offending rows. */
  readonly rows: readonly Witness[];
}

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
  const audits: Audit[] = [];
  for (const name of rightAfterRun ? [...AUDITS, ...RUN_AUDITS] : AUDITS) {
    const { rows } = await client.query<Witness>(loadStatement(`audit/${name}`).text, [batchIds]);
    audits.push({ name, rows });
  }
  return audits;
}
