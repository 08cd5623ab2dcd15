import type { Call, CallOutcome } from '../domain/call.js';
import type { Delivery, WorkloadPlan } from '../domain/scenario.js';
import { contentId, deliveryAt } from '../workload/plan.js';
import type { CallChunk, CallExtras } from './messages.js';

/** Identifies a delivery's call; what it wrote is recognised by it. */
export function callId(plan: Pick<WorkloadPlan, 'runId'>, deliveryIndex: number): string {
  return `${plan.runId}-d${deliveryIndex + 1}`;
}

/** The delivery that a call of the plan made. */
export function deliveryOf(plan: WorkloadPlan, call: Pick<Call, 'callId'>): Delivery {
  const digits = call.callId.slice(callId(plan, 0).length - 1);
  return deliveryAt(plan, Number(digits) - 1);
}

/** One finished call, as its worker records it. */
export interface FinishedCall extends CallExtras {
  readonly deliveryIndex: number;
  readonly intendedMicros: number;
  readonly startMicros: number;
  readonly endMicros: number;
  readonly outcome: CallOutcome;
  readonly slotId: string | null;
}

/** Puts calls in columns. */
export function toChunk(calls: readonly FinishedCall[]): CallChunk {
  const extras: Record<number, CallExtras> = {};
  calls.forEach(({ recovered, replyLost, mayHaveHappened, errorCode, sqlState }, position) => {
    const notable = recovered || replyLost || mayHaveHappened || errorCode !== null;
    if (notable) extras[position] = { recovered, replyLost, mayHaveHappened, errorCode, sqlState };
  });
  return {
    deliveryIndex: calls.map((call) => call.deliveryIndex),
    intendedMicros: calls.map((call) => call.intendedMicros),
    startMicros: calls.map((call) => call.startMicros),
    endMicros: calls.map((call) => call.endMicros),
    outcome: calls.map((call) => call.outcome),
    slotId: calls.map((call) => call.slotId),
    extras,
  };
}

/** What a call is that has nothing notable. */
export const NO_EXTRAS: CallExtras = {
  recovered: false,
  replyLost: false,
  mayHaveHappened: false,
  errorCode: null,
  sqlState: null,
};

/** A finished call as history tells it. */
export function toCall(
  plan: WorkloadPlan,
  worker: number,
  { deliveryIndex, ...finished }: FinishedCall,
): Call {
  const { content, batch } = deliveryAt(plan, deliveryIndex);
  return {
    worker,
    batchId: plan.batchIds[batch] ?? '',
    contentId: contentId(plan, content),
    callId: callId(plan, deliveryIndex),
    ...finished,
  };
}

/** Reads a chunk back as history. */
export function toCalls(plan: WorkloadPlan, worker: number, chunk: CallChunk): Call[] {
  return chunk.deliveryIndex.map((deliveryIndex, position) =>
    toCall(plan, worker, {
      deliveryIndex,
      intendedMicros: chunk.intendedMicros[position] ?? NaN,
      startMicros: chunk.startMicros[position] ?? NaN,
      endMicros: chunk.endMicros[position] ?? NaN,
      outcome: (chunk.outcome[position] ?? 'unknown') as CallOutcome,
      slotId: chunk.slotId[position] ?? null,
      ...(chunk.extras[position] ?? NO_EXTRAS),
    }),
  );
}
