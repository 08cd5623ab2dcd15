import type { Call } from '../domain/call.js';
import type { FaultResult } from '../domain/fault.js';
import type { TimelineEntry } from '../domain/timeline.js';

/** What a run's times are told by. */
export interface RunClock {
  /** The barrier's release, on the clock of the calls. */
  readonly startMicros: number;
  readonly faults: readonly FaultResult[];
}

/** More than this nobody reads. */
const MAX_CALLS = 10;

/** Tells calls in the order of their starts, with the faults that were over or under way by then. */
export function timelineOf(calls: readonly Call[], { startMicros, faults }: RunClock): TimelineEntry[] {
  const shown = [...calls].sort((a, b) => a.startMicros - b.startMicros).slice(0, MAX_CALLS);
  const entries = shown.map((call) => callEntry(call, startMicros));
  const lastMicros = Math.max(...entries.map((entry) => entry.endMicros));
  const told = faults.map(faultEntry).filter((fault) => fault.startMicros <= lastMicros);
  return [...entries, ...told].sort((a, b) => a.startMicros - b.startMicros);
}

function callEntry(call: Call, startMicros: number): TimelineEntry {
  const { batchId, outcome, slotId, recovered, replyLost, errorCode, sqlState } = call;
  return {
    kind: 'call',
    startMicros: Math.round(call.startMicros - startMicros),
    endMicros: Math.round(call.endMicros - startMicros),
    worker: call.worker + 1,
    call: call.callId,
    content: call.contentId,
    ...{ batchId, outcome, slotId, recovered, replyLost, errorCode, sqlState },
  };
}

function faultEntry({ kind, startMs, endMs, detail }: FaultResult): TimelineEntry {
  return { kind: 'fault', startMicros: startMs * 1_000, endMicros: endMs * 1_000, fault: kind, detail };
}
