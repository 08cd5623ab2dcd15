import type { WorkloadPlan } from '#els/domain/scenario.js';
import type { CallChunk } from '#els/runner/messages.js';

/** What a double's worker process is told to do. */
export type ToDoubleWorker =
  | {
      readonly type: 'prepare';
      readonly bug: string;
      readonly plan: WorkloadPlan;
      readonly workerIndex: number;
      readonly url: string;
      readonly schema: string;
    }
  | { readonly type: 'start'; readonly atMicros: number };

export type FromDoubleWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'calls'; readonly chunk: CallChunk }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string };
