import type { Verification } from '#els/verify/verify-run.js';
import { verifyEvidence, verifyHistory } from '#els/verify/verify-run.js';
import type { Circumstances } from '#els/verify/run-evidence.js';
import type { Audit } from '#els/target/host.js';
import type { Observation } from './reference.js';

/** How a run went that nothing disturbed. */
export const UNDISTURBED: Circumstances = { faults: [], incomplete: [], durable: true };

/** What the oracles say of one batch. */
export function verifyObservation(
  { terms, slots, slotIds, calls, rows, retriesUntold, closing }: Observation,
  circumstances: Partial<Circumstances> = {},
  audits: readonly Audit[] = [],
): Verification {
  const run = {
    ...{ ...UNDISTURBED, retriesUntold, closing, ...circumstances },
    ...{ terms, batchIds: ['batch'], slotsOf: () => slots, calls, startMicros: 0 },
    slotIds: slotIds && new Map([['batch', slotIds]]),
  };
  const stored = rows?.map((row) => ({ batchId: 'batch', callId: null, ...row }));
  return stored === undefined ? verifyHistory(run) : verifyEvidence(run, stored, audits);
}

/** Names of the invariants that an observation violates, of a run that nothing disturbed. */
export function violatedIn(observation: Observation): string[] {
  return verifyObservation(observation)
    .invariants.filter(({ passed }) => !passed)
    .map(({ name }) => name);
}
