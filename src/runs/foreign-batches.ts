import type { ClientBase } from 'pg';
import { inTransaction } from '../database/on-pool.js';
import type { DatabasePool } from '../database/pool.js';
import { bindValues, loadStatement } from '../database/statement.js';
import type { RunningCommand, RunRecord } from '../domain/held-run.js';
import { recordRun, takeRuns } from './runs.js';

const RECORD = loadStatement('runs/record-batches');
const FIND = loadStatement('runs/batches');
const COUNT = loadStatement('runs/count-batches');
const FORGET = loadStatement('runs/forget');

/** The batches of one run, before they are registered. */
export interface BatchesToRecord {
  readonly runId: string;
  readonly batchIds: readonly string[];
}

/**
 * What the tool's own schema knows of batches on tables that are not the tool's: they are recorded before they are
 * registered, and forgotten when they are removed.
 */
export class ForeignBatches {
  /** @param pool whose transactions find the tool's own schema */
  constructor(private readonly pool: DatabasePool) {}

  /**
   * Records batches and their runs, all or nothing.
   *
   * @param strategy how results name who will fill them
   * @param command that they belong to; undefined: no record is kept of runs
   */
  record(
    strategy: string,
    batches: readonly BatchesToRecord[],
    records: readonly RunRecord[],
    command: RunningCommand | undefined,
  ): Promise<void> {
    return inTransaction(this.pool, async (client) => {
      for (const { runId, batchIds } of batches) {
        const values = { run_id: runId, strategy, batch_ids: batchIds };
        await client.query(RECORD.text, bindValues<unknown>(RECORD, values));
      }
      if (command) for (const record of records) await recordRun(client, command, record);
    });
  }

  /** The batches of every run that is recorded. */
  async all(): Promise<string[]> {
    const counts = await this.countsOfRuns();
    return inTransaction(this.pool, (client) => find(client, [...counts.keys()]));
  }

  /** How many batches each run has, by its id. */
  async countsOfRuns(): Promise<Map<string, { readonly batches: number }>> {
    type Row = { readonly runId: string; readonly batches: number };
    const { rows } = await inTransaction(this.pool, (client) => client.query<Row>(COUNT.text));
    return new Map(rows.map(({ runId, batches }) => [runId, { batches }]));
  }

  /**
   * Removes batches and the records of their runs.
   *
   * @param remove from the tables that they are on
   * @param onlyIdle whether nothing is removed where a command of the runs is alive
   * @returns the runs whose command is alive; none where that was not asked
   */
  remove(
    runIds: readonly string[],
    remove: (batchIds: readonly string[]) => Promise<void>,
    onlyIdle: boolean,
  ): Promise<readonly string[]> {
    return inTransaction(this.pool, async (client) => {
      const alive = onlyIdle ? await takeRuns(client, runIds) : [];
      if (alive.length > 0) return alive;
      const batchIds = await find(client, runIds);
      if (batchIds.length > 0) await remove(batchIds);
      await client.query(FORGET.text, bindValues<unknown>(FORGET, { run_ids: runIds }));
      return [];
    });
  }
}

async function find(client: ClientBase, runIds: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ batchId: string }>(
    FIND.text,
    bindValues<unknown>(FIND, { run_ids: runIds }),
  );
  return rows.map(({ batchId }) => batchId);
}
