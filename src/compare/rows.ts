import type { Row } from '../domain/rows.js';
import type { RunResult } from '../domain/run-result.js';

/** Two runs of the same round: what is compared, and what it is compared with. */
export type Pair = readonly [subject: RunResult, reference: RunResult];

/** Pairs the runs of two rows by their round, in the order of rounds; a round that only one row has is left out. */
export function pairRounds(subject: Row, reference: Row): Pair[] {
  const byRound = new Map(reference.runs.map((run) => [run.round, run]));
  const inOrder = [...subject.runs].sort((a, b) => a.round - b.round);
  return inOrder.flatMap((run) => {
    const partner = byRound.get(run.round);
    return partner === undefined ? [] : [[run, partner] as const];
  });
}
