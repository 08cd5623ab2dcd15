import type { Call } from '../domain/call.js';
import type { FaultResult } from '../domain/fault.js';
import type { Injection } from '../faults/injector.js';
import { isIndefinite } from '../verify/history-index.js';

/** What faults left behind. */
export interface Leftovers {
  readonly faults: readonly FaultResult[];
  /** Full batches whose completion a killed worker left undone. */
  readonly uncompleted: readonly string[];
}

/**
 * Tells what killed workers left undone from what running ones are late with: the worker that claimed a batch's last
 * slot has to complete it.
 */
export function leftByKilledWorkers(calls: readonly Call[], injections: readonly Injection[]): Leftovers {
  if (injections.every(({ uncompleted }) => uncompleted.length === 0)) {
    return { faults: injections.map(({ result }) => result), uncompleted: [] };
  }
  const lastClaims = lastClaimOfEachBatch(calls);
  const undone = injections.map(({ uncompleted, killed }) =>
    uncompleted.filter((batchId) => lastClaims.get(batchId)?.worker === killed),
  );
  const faults = injections.map(({ result }, position) => ({
    ...result,
    left: { ...result.left, uncompleted: undone[position]?.length ?? 0 },
  }));
  return { faults, uncompleted: [...new Set(undone.flat())] };
}

function lastClaimOfEachBatch(calls: readonly Call[]): Map<string, Call> {
  const last = new Map<string, Call>();
  for (const call of calls) {
    const isLater = call.endMicros > (last.get(call.batchId)?.endMicros ?? 0);
    if ((call.outcome === 'created' || isIndefinite(call)) && isLater) last.set(call.batchId, call);
  }
  return last;
}
