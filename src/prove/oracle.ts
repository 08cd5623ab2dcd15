import type { Call } from '../domain/call.js';
import type { InvariantResult } from '../domain/run-result.js';
import { verifyRun } from '../verify/verify-run.js';
import type { ScheduleContext, ScheduleResult } from './schedule.js';

/**
 * Asks the oracles of `run` about finished schedules, and two of its own: no call ends in an error, and each ends.
 *
 * @param slots of each batch
 * @returns the invariants that are violated
 */
export async function violations(
  { instances, subject }: ScheduleContext,
  slots: number,
  results: readonly ScheduleResult[],
): Promise<InvariantResult[]> {
  const calls = results.flatMap((result) => result.calls);
  const batchIds = results.map(({ batchId }) => batchId);
  const run = {
    ...{ batchIds, slotsOf: () => slots, calls, terms: subject.terms },
    ...{ startMicros: 0, faults: [], incomplete: [], durable: true },
  };
  const { invariants } = verifyRun(run, await subject.read(instances.control, batchIds));
  return [...invariants, noErrors(calls), noneStuck(results)].filter(({ passed }) => !passed);
}

function noErrors(calls: readonly Call[]): InvariantResult {
  const witnesses = calls
    .filter(({ errorCode }) => errorCode !== null)
    .map(({ worker, batchId, contentId, errorCode, sqlState }) => ({
      ...{ session: worker + 1, batchId, contentId, errorCode, sqlState },
    }));
  return { name: 'no-error', passed: witnesses.length === 0, witnesses, timeline: [] };
}

function noneStuck(results: readonly ScheduleResult[]): InvariantResult {
  const witnesses = results.flatMap(({ batchId, stuck }) =>
    stuck.map((session) => ({ session: session + 1, batchId })),
  );
  return { name: 'every-call-ends', passed: witnesses.length === 0, witnesses, timeline: [] };
}
