import type { Step } from '../database/protocol.js';
import type { RoundTrips } from './subject.js';

/** Whether a round trip is independent of every other session's steps. */
export function isIndependent(steps: readonly Step[], { independent }: RoundTrips): boolean {
  return steps.length > 0 && steps.every(({ statement }) => independent.includes(statement.name));
}

/** Whether a round trip is one step even where it locks. */
export function isWhole(
  steps: readonly Step[],
  { whole, looks }: RoundTrips,
  looksAreWhole: boolean,
): boolean {
  const names = looksAreWhole ? [...whole, ...looks] : whole;
  return steps.some(({ statement }) => names.includes(statement.name));
}
