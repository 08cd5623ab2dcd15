import type { ClientBase } from 'pg';
import { inTransaction, withClient } from '../../database/on-pool.js';
import type { DatabasePool } from '../../database/pool.js';
import { transaction } from '../../database/session.js';
import { inSnapshot } from '../../database/snapshot.js';
import { recordRun, takeRuns } from '../../runs/runs.js';
import type {
  Audit,
  Host,
  ReadTime,
  Registered,
  Registration,
  RegistrationControl,
  Stored,
} from '../../target/host.js';
import { runAudits } from './audits.js';
import { findBatches } from './batches/find.js';
import { analyzeTables, deleteRuns, registerBatches, type Analysis } from './batches/register.js';
import { batchTotals, countRuns } from './batches/status.js';
import { readAssignments } from './stored.js';
import { checkedForm } from './target.js';

const STATISTICS_NOTES: Record<Analysis, readonly string[]> = {
  done: [],
  forbidden: [
    'the role may not ANALYZE the tables (an owner may; from PostgreSQL 17 on setup --grant lets it): plans rest on the ' +
      'statistics that autovacuum made',
  ],
  locked: ['another session held tables that were to be analyzed: plans rest on older statistics'],
};

/** Where the built-in tables are. */
export interface ElsPlace {
  /** Of the coordinator: each transaction finds the tables of the schema. */
  readonly pool: DatabasePool;
  readonly schema: string;
}

/** The built-in target's side of the database. */
export class ElsHost implements Host {
  constructor(private readonly place: ElsPlace) {}

  register(
    { groups, strategy, command, records }: Registration,
    control: RegistrationControl = {},
  ): Promise<Registered> {
    return inTransaction(this.place.pool, async (client) => {
      let before = 0;
      for (const { form, runId, batchIds, slots } of groups) {
        const onProgress = (slots: number) => control.onProgress?.(before + slots);
        const registration = { runId, batchIds, slots, strategy, inventory: checkedForm(form) };
        await registerBatches(client, registration, { ...control, onProgress });
        before += batchIds.length * slots;
      }
      if (command) for (const record of records) await recordRun(client, command, record);
      return { notes: STATISTICS_NOTES[await analyzeTables(client)], refs: new Map() };
    });
  }

  read(batchIds: readonly string[], when: ReadTime): Promise<Stored> {
    return withClient(this.place.pool, async (client) => {
      if (when.rightAfterRun) await transaction(client, () => analyzeTables(client));
      return readStored(client, batchIds, when);
    });
  }

  audit(batchIds: readonly string[]): Promise<readonly Audit[]> {
    return withClient(this.place.pool, (client) =>
      inSnapshot(client, () => runAudits(client, batchIds, { rightAfterRun: false })),
    );
  }

  async allBatchIds(): Promise<readonly string[]> {
    const batches = await inTransaction(this.place.pool, findBatches);
    return batches.map(({ batchId }) => batchId);
  }

  countOf(batchIds: readonly string[]): Promise<Readonly<Record<string, number>>> {
    return inTransaction(this.place.pool, (client) => batchTotals(client, batchIds));
  }

  countsOfRuns(): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
    return inTransaction(this.place.pool, countRuns);
  }

  remove(runIds: readonly string[]): Promise<void> {
    const { pool, schema } = this.place;
    return withClient(pool, (client) => deleteRuns(client, schema, runIds));
  }

  removeIdle(runIds: readonly string[]): Promise<readonly string[]> {
    const { pool, schema } = this.place;
    return withClient(pool, async (client) => {
      let alive: readonly string[] = [];
      await deleteRuns(client, schema, runIds, async () => {
        alive = await takeRuns(client, runIds);
        return alive.length === 0;
      });
      return alive;
    });
  }
}

/** Reads and audits batches of the built-in tables on one snapshot, before anybody computes with it. */
export function readStored(client: ClientBase, batchIds: readonly string[], when: ReadTime): Promise<Stored> {
  return inSnapshot(client, async () => ({
    assignments: await readAssignments(client, batchIds),
    audits: await runAudits(client, batchIds, when),
  }));
}
