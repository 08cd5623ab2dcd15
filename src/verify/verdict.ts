import type { FaultResult } from '../domain/fault.js';
import type { InvariantResult, Verdict } from '../domain/run-result.js';
import { isOpen, onlyFailed, type HistoryIndex } from './history-index.js';
import type { RunClock } from './timeline.js';

/** What a call that was cut off leaves for the next one to finish. */
const UNFINISHED = ['slot-and-essay-agree', 'one-completion-per-full-batch'];
/** What only the whole history can prove. */
const NEEDS_EVERY_CALL = [
  'reused-names-created-essay',
  'created-count',
  'no-false-no-slot',
  'stored-was-acknowledged',
];
/** What follows when commits that were acknowledged are gone. */
const LOST_COMMITS = [
  'acknowledged-is-stored',
  'one-created-per-content',
  'one-essay-per-content',
  'one-content-per-essay',
  'created-count',
  'no-false-no-slot',
  'one-completion-per-full-batch',
];

/** What is known of how a history came about. */
export interface Circumstances {
  /** Why calls may be missing, one line each. */
  readonly incomplete: readonly string[];
  /** Whether what was committed had to be there at the end. */
  readonly durable: boolean;
  /** Why what is in the database may be under way yet; undefined: it is quiet. */
  readonly unsettled?: string | undefined;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Why it is not `valid`, one line each. */
  readonly notes: readonly string[];
}

/** Valid, invalid where something is proven, or unknown with the reasons. */
export function judge(
  invariants: readonly InvariantResult[],
  index: HistoryIndex,
  { incomplete, durable, unsettled, faults }: Circumstances & Pick<RunClock, 'faults'>,
): Judgement {
  const { open, failed } = unanswered(index);
  const excused = new Set([
    ...(open > 0 || incomplete.length > 0 || unsettled !== undefined ? UNFINISHED : []),
    ...(incomplete.length > 0 ? NEEDS_EVERY_CALL : []),
    ...(durable ? [] : LOST_COMMITS),
  ]);
  const violated = invariants.filter((each) => !each.passed).map((each) => each.name);
  const proven = violated.filter((name) => !excused.has(name));
  const remarks = unsettled === undefined ? [] : [unsettled];
  if (proven.length > 0) {
    return { verdict: 'invalid', notes: [`violated: ${violated.join(', ')}`, ...remarks] };
  }
  const reasons = [
    ...incomplete,
    ...faults.filter((fault) => !fault.struck).map(missed),
    ...(open > 0 ? [`contents without a definite answer: ${open}`] : []),
    ...(failed > 0 ? [`contents that callers were only told errors of: ${failed}`] : []),
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

/** Contents that nobody knows the state of: a lost call may have happened (open), or all calls failed. */
function unanswered(index: HistoryIndex): { open: number; failed: number } {
  const counts = { open: 0, failed: 0 };
  for (const batch of index.values()) {
    for (const content of batch.values()) {
      if (isOpen(content)) counts.open += 1;
      else if (onlyFailed(content)) counts.failed += 1;
    }
  }
  return counts;
}
