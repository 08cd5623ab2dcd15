import type { Call, CallOutcome } from './call.js';
import type { FaultKind } from './fault.js';

/** One thing that happened in a run, for a reader to follow. Times are microseconds from the barrier's release. */
export type TimelineEntry =
  | ({
      readonly kind: 'call';
      readonly startMicros: number;
      readonly endMicros: number;
      /** From 1; 0: delivered again by the coordinator after the load. */
      readonly worker: number;
      readonly call: string;
      readonly content: string;
      readonly outcome: CallOutcome;
    } & Pick<Call, 'batchId' | 'slotId' | 'recovered' | 'replyLost' | 'errorCode' | 'sqlState'>)
  | {
      readonly kind: 'fault';
      readonly startMicros: number;
      readonly endMicros: number;
      readonly fault: FaultKind;
      readonly detail: string;
    };
