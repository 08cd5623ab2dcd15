import type { ClientBase } from 'pg';
import { bindValues, loadStatement } from '../database/statement.js';
import type { HeldRun, RunningCommand, RunRecord } from '../domain/held-run.js';

/** A run and whose it is; how much there is of it, its target tells. */
export type FoundRun = Omit<HeldRun, 'counts' | 'startedAt' | 'database'> & {
  readonly startedAt: Date | null;
};

const RECORD = loadStatement('runs/record');
const FIND = loadStatement('runs/find');
const TAKE = loadStatement('runs/take');

/** Writes down whose a run is; call it in the transaction that registers its batches, when they are there. */
export async function recordRun(client: ClientBase, by: RunningCommand, run: RunRecord): Promise<void> {
  const values = {
    ...{ command: by.command, command_id: by.commandId, host: by.host, pid: String(by.pid) },
    ...{ run_id: run.runId, strategy: run.strategy, scenario: run.scenario, warms_up: run.warmsUp },
    ...{ keep: String(run.keep), beats: String(by.beats) },
  };
  await client.query(RECORD.text, bindValues(RECORD, values));
}

/** Every run of the schema, by when it began. */
export async function findRuns(client: ClientBase): Promise<FoundRun[]> {
  return (await client.query<FoundRun>(FIND.text)).rows;
}

/**
 * Keeps the commands of runs from coming back until the transaction ends.
 *
 * @returns the runs whose command is alive after all
 */
export async function takeRuns(client: ClientBase, runIds: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ runId: string }>(
    TAKE.text,
    bindValues<unknown>(TAKE, { run_ids: runIds }),
  );
  return rows.map(({ runId }) => runId);
}
