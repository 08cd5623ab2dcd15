import type { Call } from '../domain/call.js';
import type { Witness } from '../domain/run-result.js';

/** One case that an invariant does not allow. */
export interface Violation {
  /** The calls that prove it, or that its rows speak of. */
  readonly calls: readonly Call[];
  /** What proves it, where calls do not. */
  readonly rows?: readonly Witness[];
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
    batch_id: call.batchId,
    content: call.contentId,
    call: call.callId,
    outcome: call.outcome,
    essay_id: call.slotId,
    start_micros: Math.round(call.startMicros),
    end_micros: Math.round(call.endMicros),
  };
}
