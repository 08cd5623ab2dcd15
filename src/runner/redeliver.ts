import { nowMicros } from '../base/clock.js';
import type { Call } from '../domain/call.js';
import type { Delivery } from '../domain/scenario.js';
import type { OpenInstance } from '../target/instance.js';
import { toCalls } from './call-chunks.js';
import { deliverSlice } from './lanes.js';
import { Recorder } from './recorder.js';
import { assignBy } from './requests.js';
import type { LoadJob } from './run-load.js';
import { graceAfter } from './stop.js';

/** The worker that a history names for calls made after the load by the coordinator. */
export const REDELIVERER = -1;

const CONNECTIONS = 4;
/** What has no answer by then stays without one. */
const DEADLINE_MS = 30_000;

/** How deliveries are made after a load. */
export interface Redelivery {
  readonly openInstance: OpenInstance;
  /** Whether they were made before and ended without a definite answer. */
  readonly mayHaveHappened: boolean;
  /** Told of every call that was made, also where not all could be. */
  readonly heard: (call: Call) => void;
}

/**
 * Delivers after a load. No figure counts these calls.
 *
 * @param stop ends it early
 */
export async function redeliver(
  job: LoadJob,
  deliveries: readonly Delivery[],
  { openInstance, mayHaveHappened, heard }: Redelivery,
  stop: AbortSignal,
): Promise<void> {
  const { address, spec, schema, timeoutMs, prepare, via, refs } = job;
  const instance = await openInstance(spec, {
    ...{ connectionString: address.connectionString, source: address.source, via, schema },
    ...{ connections: CONNECTIONS, applicationName: `${job.applicationName}/redelivery` },
    ...{ timeoutMs, prepare, refs, instance: 0 },
  });
  const scenario = { ...job.plan.scenario, connections: CONNECTIONS, durationMs: undefined };
  const plan = { ...job.plan, scenario: { ...scenario, arrival: 'closed' as const } };
  const recorder = new Recorder((chunk) => {
    for (const call of toCalls(job.plan, REDELIVERER, chunk)) heard(call);
  }, deliveries.length);
  try {
    await deliverSlice({
      ...{ plan, recorder, stop: AbortSignal.any([stop, AbortSignal.timeout(DEADLINE_MS)]) },
      assign: (requests) => assignBy(instance, requests, scenario),
      calls: deliveries.map((delivery) => [delivery]).values(),
      announce: undefined,
      redelivered: new Set(mayHaveHappened ? deliveries.map((delivery) => delivery.index) : []),
      startMicros: nowMicros(),
    });
  } finally {
    recorder.flush();
    await Promise.race([instance.close(), graceAfter(stop)]);
  }
}
