import type { Call } from '../domain/call.js';
import type { InvariantResult } from '../domain/run-result.js';
import { timelineOf, type RunClock } from './timeline.js';
import { witnessesOf, type Violation } from './violation.js';

/** Enough to understand a violation; the number of the others is said. */
export const MAX_WITNESSES = 5;

/** An invariant holds when nothing proves the opposite. Its timeline is that of the violation with the fewest calls. */
export function invariant(name: string, violations: readonly Violation[], clock: RunClock): InvariantResult {
  const witnesses = witnessesOf(violations);
  const left = witnesses.length - MAX_WITNESSES;
  return {
    name,
    passed: violations.length === 0,
    witnesses: left > 0 ? [...witnesses.slice(0, MAX_WITNESSES), { furtherWitnesses: left }] : witnesses,
    timeline: timelineOf(fewestCalls(violations), clock),
  };
}

function fewestCalls(violations: readonly Violation[]): readonly Call[] {
  let fewest: readonly Call[] = [];
  for (const { calls } of violations) {
    if (calls.length > 0 && (fewest.length === 0 || calls.length < fewest.length)) fewest = calls;
  }
  return fewest;
}
