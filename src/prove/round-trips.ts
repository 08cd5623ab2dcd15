import type { Step } from '../database/protocol.js';
import type { Statement } from '../database/statement.js';

/**
 * Statements of which no other session can tell when they ran, so that they need no place of their own in a
 * schedule: each runs together with the step that follows it. (A persistent set of one: P. Godefroid,
 * Partial-Order Methods for the Verification of Concurrent Systems, Springer 1996.)
 * - find-tracker reads a batch's id and inventory. Of a schedule's sessions (`Role`) none writes them: their statements
 *   are those of sql/strategies, sql/completion and sql/prove. A migration does, and is no part of a schedule: what
 *   callers see of one is not proven;
 * - begin takes no snapshot in READ COMMITTED, and no lock;
 * - insert-event adds a row that no statement of a call reads and that collides with none.
 */
const INDEPENDENT = [
  'strategies/legacy/find-tracker',
  'strategies/legacy/begin',
  'strategies/legacy/insert-event',
];

/**
 * Statements whose transaction is not cut before its commit: one opens a transaction of the engine's own, the
 * others only wait for a lock and let it go at once (with a place for that, a rival could run in circles there).
 */
const WHOLE = [
  'strategies/legacy/begin',
  'strategies/wait-limits',
  'strategies/wait-for-slot',
  'strategies/wait-for-essay',
];

/** Whether a round trip is independent of every other session's steps. */
export function isIndependent(steps: readonly Step[]): boolean {
  return steps.length > 0 && steps.every(({ statement }) => INDEPENDENT.includes(statement.name));
}

/** Whether a round trip is one step even where it locks. */
export function isWhole(steps: readonly Step[], looksAreWhole: boolean): boolean {
  return steps.some(
    ({ statement }) => WHOLE.includes(statement.name) || (looksAreWhole && isLook(statement)),
  );
}

function isLook({ name }: Statement): boolean {
  return name === 'completion/look' || name === 'completion/look-many';
}
