import type { RunResult } from '../domain/run-result.js';

/** All rounds of one scenario under one strategy, with or without advisory locks. */
export interface Row {
  readonly scenario: string;
  readonly strategy: string;
  readonly advisoryLocks: boolean;
  readonly runs: readonly RunResult[];
}

/** Two runs of the same round: what is compared, and what it is compared with. */
export type Pair = readonly [subject: RunResult, reference: RunResult];

/** Groups runs into rows; rows stand in the order in which they first appear. */
export function groupRows(runs: readonly RunResult[]): Row[] {
  const groups = new Map<string, Row & { runs: RunResult[] }>();
  for (const run of runs) {
    const { scenario, strategy, advisoryLocks } = run;
    const key = JSON.stringify([scenario, strategy, advisoryLocks]);
    const row = groups.get(key) ?? { scenario, strategy, advisoryLocks, runs: [] };
    row.runs.push(run);
    groups.set(key, row);
  }
  return [...groups.values()];
}

/** Pairs the runs of two rows by their round, in the order of rounds; a round that only one row has is left out. */
export function pairRounds(subject: Row, reference: Row): Pair[] {
  const byRound = new Map(reference.runs.map((run) => [run.round, run]));
  const inOrder = [...subject.runs].sort((a, b) => a.round - b.round);
  return inOrder.flatMap((run) => {
    const partner = byRound.get(run.round);
    return partner === undefined ? [] : [[run, partner] as const];
  });
}
