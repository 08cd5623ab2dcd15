import { inject } from 'vitest';
import type { FaultResult } from '#els/domain/fault.js';
import type { RunResult } from '#els/domain/run-result.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import type { printed } from '../verify/scenario-files.js';
import { runJson, type Printed } from '../verify/scenario-files.js';
import { useDatabase, type TestDatabase } from '../support/database.js';

/** A run with faults, as its JSON document tells it. */
export interface FaultRun {
  readonly document: Printed;
  readonly run: RunResult;
  readonly faults: readonly FaultResult[];
}

/**
 * @param changes of the scenario below
 * @param more options of the command
 */
export type RunWithFaults = (
  strategy: string,
  changes: object,
  more?: readonly string[],
) => Promise<FaultRun>;

/** Every outcome, and an end that comes when all is delivered: full batches, duplicates, more contents than slots. */
const MIXED = {
  name: 'mixed',
  description: 'More contents than slots, each delivered twice.',
  batches: 12,
  slots: 40,
  contents: 540,
  deliveries: 2,
  workers: 2,
  connections: 6,
  arrival: 'closed',
  gates: ['error == 0', 'unknown == 0'],
};

/** Runs `els-assign run` with faults, on a schema of the file's own. */
export function useFaultRuns(): { db: TestDatabase; run: RunWithFaults } {
  const db = useDatabase();
  const files = useTemporaryFolder();
  const run: RunWithFaults = async (strategy, changes, more = []) => {
    const file = files.write('scenario.json', JSON.stringify({ ...MIXED, ...changes }));
    return toFaultRun(
      await runJson({ url: inject('databaseUrl'), schema: db.schema }, strategy, [file], more),
    );
  };
  return { db, run };
}

/** The only run of a document. */
export function toFaultRun(document: ReturnType<typeof printed>): FaultRun {
  const [run] = document.runs;
  if (run === undefined) throw new Error(`no run in ${JSON.stringify(document)}`);
  return { document, run, faults: run.faults };
}
