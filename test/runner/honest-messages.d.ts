import type { FromWorker, WorkerJob } from '#els/runner/messages.js';

type Message<T extends FromWorker['type']> = Extract<FromWorker, { type: T }>;

export function histogramOf(count: number): string;
export function honestMessages(
  job: Pick<WorkerJob, 'plan' | 'workerIndex'>,
): [Message<'ready'>, Message<'calls'>, Message<'done'>];
