import type { ClientBase } from 'pg';
import type { Gap } from '../../target/host.js';
import { loadStatement } from '../../database/statement.js';

const EVIDENCE = loadStatement('verify/evidence');

/** Of the assigned essays of some batches, how many lack what an audit reads. */
export interface Evidence {
  readonly assignments: number;
  readonly withoutEvent: number;
  readonly eventNamesNoCall: number;
  readonly documentsNameNoCall: number;
  /** Whose call cannot be compared, for one of the three reasons above. */
  readonly callsNotCompared: number;
  readonly versionNotRaised: number;
}

/** Reads what the audits can compare, on the client's snapshot. */
export async function readEvidence(client: ClientBase, batchIds: readonly string[]): Promise<Evidence> {
  const { rows } = await client.query<Evidence>(EVIDENCE.text, [batchIds]);
  const [evidence] = rows;
  if (evidence === undefined) throw new Error('verify/evidence returned no row');
  return evidence;
}

/**
 * What the evidence does not allow an audit to be asked; undefined: nothing.
 *
 * @param name of the audit
 */
export function gapOf(name: string, evidence: Evidence): Gap | undefined {
  switch (name) {
    case 'duplicate-wrote-nothing':
      return rewritingGap(evidence);
    case 'event-in-the-same-transaction':
      return gap(evidence.withoutEvent, evidence, 'there is no essay.slot.assigned event to compare with');
    default:
      return undefined;
  }
}

/** By the calls' ids, and by the version of the essay: what either lacks is said. */
function rewritingGap(evidence: Evidence): Gap | undefined {
  const { callsNotCompared, withoutEvent, eventNamesNoCall, documentsNameNoCall, versionNotRaised } =
    evidence;
  const lacking = [
    ...(withoutEvent > 0 ? [`no essay.slot.assigned event: ${withoutEvent}`] : []),
    ...(eventNamesNoCall > 0 ? [`no event_outbox.event_data.correlation_id: ${eventNamesNoCall}`] : []),
    ...(documentsNameNoCall > 0
      ? [`no essay_states.processing_metadata.correlation_id: ${documentsNameNoCall}`]
      : []),
  ];
  const versions = 'essay_states.version was not raised';
  if (callsNotCompared === 0) return gap(versionNotRaised, evidence, `${versions}`, false);
  const besides =
    versionNotRaised === 0 ? 'its version alone was looked at' : `${versions}: ${versionNotRaised}`;
  return gap(
    callsNotCompared,
    evidence,
    `who wrote the essay was not compared (${[...lacking, besides].join('; ')})`,
  );
}

function gap(
  count: number,
  { assignments }: Evidence,
  why: string,
  everywhere = count === assignments,
): Gap | undefined {
  return count === 0
    ? undefined
    : { reason: `of ${count} of ${assignments} assignments: ${why}`, everywhere };
}
