import type { Call } from '../domain/call.js';
import type { Witness } from '../domain/run-result.js';

/** One case that an invariant does not allow. */
export interface Violation {
  /** The calls that prove it, or that its rows speak of. */
  readonly calls: readonly Call[];
  /** What proves it, where calls do not. */
  readonly rows?: readonly Witness[];
  /** Whether it may be of what a call that was cut off left half done; other excuses are those of the invariant. */
  readonly excused?: boolean;
}

/** What proves violations: rows, or calls, each of them once. */
export function witnessesOf(violations: readonly Violation[]): Witness[] {
  const told = new Set<Call>();
  return violations.flatMap(({ calls, rows }) => {
    if (rows !== undefined) return rows;
    const untold = calls.filter((call) => !told.has(call));
    for (const call of untold) told.add(call);
    return untold.map(describe);
  });
}

/** A call as a witness: who, when, what came back. */
function describe(call: Call): Witness {
  return {
    worker: call.worker + 1,
    batchId: call.batchId,
    contentId: call.contentId,
    callId: call.callId,
    outcome: call.outcome,
    slotId: call.slotId,
    startMicros: Math.round(call.startMicros),
    endMicros: Math.round(call.endMicros),
  };
}
