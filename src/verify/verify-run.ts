import type { ClientBase } from 'pg';
import type { Call } from '../domain/call.js';
import type { InvariantResult, Verdict } from '../domain/run-result.js';
import { checkDatabase } from './database-checks.js';
import { checkHistory } from './history-checks.js';
import { indexHistory, isOpen } from './history-index.js';

/** What a call that was cut off leaves for the next one to finish: with such calls, no proof of a wrong strategy. */
const UNFINISHED = ['slot-and-essay-agree', 'one-completion-per-full-batch'];

/** What the two oracles say of a run. */
export interface Verification {
  readonly verdict: Verdict;
  readonly invariants: readonly InvariantResult[];
  /** Why the verdict is not `valid`, one line each. */
  readonly notes: readonly string[];
}

/** A finished run. */
export interface RunToVerify {
  readonly runId: string;
  /** Slots of each batch. */
  readonly slots: number;
  /** Every call of every worker. */
  readonly calls: readonly Call[];
}

/**
 * Asks both oracles: the history (what callers were told) and the database (what is there).
 *
 * @param client while the run is quiet and before anything repaired it
 */
export async function verifyRun(client: ClientBase, run: RunToVerify): Promise<Verification> {
  const index = indexHistory(run.calls);
  const invariants = [...checkHistory(index, run.slots), ...(await checkDatabase(client, run.runId, index))];
  const violated = invariants.filter((each) => !each.passed).map((each) => each.name);
  const open = [...index.values()].flatMap((batch) => [...batch.values()]).filter(isOpen).length;
  const isProof = open === 0 || violated.some((name) => !UNFINISHED.includes(name));
  if (violated.length > 0 && isProof) {
    return { verdict: 'invalid', invariants, notes: [`violated: ${violated.join(', ')}`] };
  }
  if (open > 0) {
    const unfinished = violated.length > 0 ? `; possibly for that reason: ${violated.join(', ')}` : '';
    const note = `${open} contents have no definite answer${unfinished}`;
    return { verdict: 'unknown', invariants, notes: [note] };
  }
  return { verdict: 'valid', invariants, notes: [] };
}
