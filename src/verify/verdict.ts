import type { FaultResult } from '../domain/fault.js';
import type { Verdict } from '../domain/run-result.js';
import type { Finding } from './ask.js';
import type { Evidence } from './run-evidence.js';
import { onlyFailed } from './history-index.js';

export interface Judgement {
  readonly verdict: Verdict;
  /** Why it is not `valid`, one line each. */
  readonly notes: readonly string[];
}

/** Valid, invalid where something is proven, or unknown with the reasons. */
export function judge(findings: readonly Finding[], evidence: Evidence): Judgement {
  const { incomplete, durable, notQuiet, unsettled, faults } = evidence.circumstances;
  const violated = findings.filter(({ violations }) => violations.length > 0).map(({ name }) => name);
  const remarks = unsettled === undefined ? [] : [unsettled];
  if (findings.some(({ proven }) => proven)) {
    return { verdict: 'invalid', notes: [`violated: ${violated.join(', ')}`, ...remarks] };
  }
  const reasons = [
    ...incomplete,
    ...(notQuiet === undefined ? [] : [notQuiet]),
    ...faults.filter((fault) => !fault.struck).map(missed),
    ...unanswered(evidence),
    ...(violated.length > 0 ? [`possibly for that reason: ${violated.join(', ')}`] : []),
    ...(violated.length > 0 && !durable
      ? ['the server does not promise that what it acknowledged stays']
      : []),
  ];
  return { verdict: reasons.length > 0 ? 'unknown' : 'valid', notes: [...reasons, ...remarks] };
}

/** A fault that hit nothing proves nothing. */
function missed({ kind, detail }: FaultResult): string {
  return `the fault ${kind} struck no call in flight: ${detail}`;
}

/**
 * Contents that nobody knows the state of: a lost call may have happened (where deliveries may not be repeated, it
 * stays so), or all calls failed.
 */
function unanswered({ promises, batches, open }: Evidence): string[] {
  let failed = 0;
  for (const { contents } of batches) {
    for (const content of contents.values()) if (onlyFailed(content)) failed += 1;
  }
  return [
    ...(promises.idempotent && open.length > 0 ? [`contents without a definite answer: ${open.length}`] : []),
    ...(failed > 0 ? [`contents that callers were only told errors of: ${failed}`] : []),
  ];
}
