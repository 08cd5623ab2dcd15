import type { InvariantResult, Witness } from '../domain/run-result.js';

/** Enough to understand a violation; the number of the others is said. */
const MAX_WITNESSES = 5;

/** An invariant holds when nothing proves the opposite. */
export function invariant(name: string, witnesses: readonly Witness[]): InvariantResult {
  const shown = witnesses.slice(0, MAX_WITNESSES);
  const left = witnesses.length - shown.length;
  return {
    name,
    passed: witnesses.length === 0,
    witnesses: left > 0 ? [...shown, { further_witnesses: left }] : shown,
  };
}
