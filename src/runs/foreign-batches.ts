import { existsSync } from 'node:fs';
import type { ClientBase } from 'pg';
import { inTransaction } from '../database/on-pool.js';
import type { DatabasePool } from '../database/pool.js';
import { bindValues, loadStatement } from '../database/statement.js';
import type { RunningCommand, RunRecord } from '../domain/held-run.js';
import { recordRun, takeRuns } from './runs.js';

const RECORD = loadStatement('runs/record-batches');
const FIND = loadStatement('runs/batches');
const FILES_OF_TARGET = loadStatement('runs/files-of-target');
const FIND_OF_TARGET = loadStatement('runs/batches-of-target');
const COUNT = loadStatement('runs/count-batches');
const FORGET = loadStatement('runs/forget');

/** The batches of one run, before they are registered. */
export interface BatchesToRecord {
  readonly runId: string;
  readonly batchIds: readonly string[];
}

/** Removes batches from the tables that they are on. */
export type RemoveBatches = (batchIds: readonly string[]) => Promise<void>;

/**
 * What is known of a target's batches on tables that are not the tool's: they are recorded before they are registered, and
 * forgotten when they are removed.
 */
export interface BatchRecords {
  /** What the reader of a result should know of them, one line each. */
  readonly notes: readonly string[];

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
  ): Promise<void>;

  /**
   * Removes batches, and when that has succeeded the records of their runs.
   *
   * @param onlyIdle whether nothing is removed where a command of the runs is alive
   * @returns the runs whose command is alive; none where that was not asked
   */
  remove(runIds: readonly string[], remove: RemoveBatches, onlyIdle: boolean): Promise<readonly string[]>;
}

/** Records in the tool's own schema of the target's database. */
export class ForeignBatches implements BatchRecords {
  readonly notes: readonly string[] = [];

  /**
   * @param pool whose transactions find the tool's own schema
   * @param target how results name it, and its file from the root on
   */
  constructor(
    private readonly pool: DatabasePool,
    private readonly target: { readonly name: string; readonly file: string },
  ) {}

  record(
    strategy: string,
    batches: readonly BatchesToRecord[],
    records: readonly RunRecord[],
    command: RunningCommand | undefined,
  ): Promise<void> {
    return inTransaction(this.pool, async (client) => {
      for (const { runId, batchIds } of batches) {
        const values = { run_id: runId, strategy, target_file: this.target.file, batch_ids: batchIds };
        await client.query(RECORD.text, bindValues<unknown>(RECORD, values));
      }
      if (command) for (const record of records) await recordRun(client, command, record);
    });
  }

  remove(runIds: readonly string[], remove: RemoveBatches, onlyIdle: boolean): Promise<readonly string[]> {
    return inTransaction(this.pool, async (client) => {
      const alive = onlyIdle ? await takeRuns(client, runIds) : [];
      if (alive.length > 0) return alive;
      const batchIds = await findBatchesOfRuns(client, runIds);
      if (batchIds.length > 0) await remove(batchIds);
      await client.query(FORGET.text, bindValues<unknown>(FORGET, { run_ids: runIds }));
      return [];
    });
  }
}

/** Where the tool has no schema of its own: nothing outlives the command. */
export class UnrecordedBatches implements BatchRecords {
  readonly notes: readonly string[];
  readonly #batchIds = new Map<string, readonly string[]>();

  /** @param why nothing is recorded */
  constructor(why: string) {
    this.notes = [`els-assign runs and clean will not know of this run, for it is not recorded: ${why}`];
  }

  record(_strategy: string, batches: readonly BatchesToRecord[]): Promise<void> {
    for (const { runId, batchIds } of batches) {
      this.#batchIds.set(runId, [...(this.#batchIds.get(runId) ?? []), ...batchIds]);
    }
    return Promise.resolve();
  }

  async remove(runIds: readonly string[], remove: RemoveBatches): Promise<readonly string[]> {
    const batchIds = runIds.flatMap((runId) => this.#batchIds.get(runId) ?? []);
    if (batchIds.length > 0) await remove(batchIds);
    for (const runId of runIds) this.#batchIds.delete(runId);
    return [];
  }
}

/** The batches of runs on tables that are not the tool's. */
export async function findBatchesOfRuns(client: ClientBase, runIds: readonly string[]): Promise<string[]> {
  const values = bindValues<unknown>(FIND, { run_ids: runIds });
  const { rows } = await client.query<{ batchId: string }>(FIND.text, values);
  return rows.map(({ batchId }) => batchId);
}

/** The batches that are recorded of a target: of its file, and of files of its name that are gone. */
export async function findBatchesOfTarget(
  client: ClientBase,
  { name, file }: { readonly name: string; readonly file: string },
): Promise<string[]> {
  const { rows: files } = await client.query<{ file: string }>(
    FILES_OF_TARGET.text,
    bindValues(FILES_OF_TARGET, { strategy: name }),
  );
  const gone = files.map((each) => each.file).filter((each) => !existsSync(each));
  const values = bindValues<unknown>(FIND_OF_TARGET, { strategy: name, target_file: file, gone_files: gone });
  const { rows } = await client.query<{ batchId: string }>(FIND_OF_TARGET.text, values);
  return rows.map(({ batchId }) => batchId);
}

/** How many batches on tables that are not the tool's each run has, by its id. */
export async function countForeignBatches(
  client: ClientBase,
): Promise<Map<string, { readonly batches: number }>> {
  type Row = { readonly runId: string; readonly batches: number };
  const { rows } = await client.query<Row>(COUNT.text);
  return new Map(rows.map(({ runId, batches }) => [runId, { batches }]));
}
