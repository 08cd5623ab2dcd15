import type { AssignmentRequest } from '#els/targets/els/engine/assignment.js';
import { toAnswer, toEnd } from '#els/targets/els/call-end.js';
import type { Call } from '#els/domain/call.js';
import type { AssignmentEngine } from '#els/targets/els/engine/engine.js';
import { nowMicros } from '#els/base/clock.js';

/** One call, bulk or single, as a history tells it. */
export async function recorded(
  worker: number,
  engine: AssignmentEngine,
  requests: AssignmentRequest[],
): Promise<Call[]> {
  const startMicros = nowMicros();
  const [only] = requests;
  const results =
    requests.length === 1 && only
      ? await Promise.allSettled([engine.assign(only)])
      : await engine.assignMany(requests);
  const when = { intendedMicros: startMicros, startMicros, endMicros: nowMicros() };
  return results.map((result, position) => {
    const { batchId = '', textStorageId = '', correlationId = '' } = requests[position] ?? {};
    const end = result.status === 'fulfilled' ? toEnd(result.value) : toAnswer(result.reason);
    return { worker, batchId, contentId: textStorageId, callId: correlationId, ...when, ...end };
  });
}
