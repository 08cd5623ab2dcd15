import { inTransaction } from '../../database/on-pool.js';
import type { DatabasePool } from '../../database/pool.js';
import { forgetRuns, recordBatches, recordedBatches } from '../../runs/foreign-batches.js';
import { recordRun } from '../../runs/runs.js';
import type { Audit, Host, Registered, Registration, StoredAssignment } from '../../target/host.js';
import type { HostProcess } from './host-process.js';

/** What an audit of a target finds may be what a call that was cut off left half done. */
const AUDIT_TERMS = { mayBeHalfDone: true, needsCommits: false };

/** A target's side of the database, behind the process that runs its file. */
export class ModuleHost implements Host {
  /**
   * @param pool whose transactions find the tool's own schema in the target's database: the record of runs is there
   * @param host with the file loaded, for that database
   */
  constructor(
    private readonly pool: DatabasePool,
    private readonly host: HostProcess,
  ) {}

  async register({ groups, strategy, command, records }: Registration): Promise<Registered> {
    await inTransaction(this.pool, async (client) => {
      for (const { runId, batchIds } of groups) await recordBatches(client, { runId, strategy, batchIds });
      if (command) for (const record of records) await recordRun(client, command, record);
    });
    const told = await this.host.ask({
      what: 'register',
      groups: groups.map(({ batchIds, slots, contentIdsOf }) => ({
        slots,
        batches: batchIds.map((batchId, position) => ({ batchId, contents: contentIdsOf(position) })),
      })),
    });
    const slotIds = told.flatMap(({ batchId, slotIds: ids }) => (ids ? [[batchId, new Set(ids)] as const] : []));
    const refs = told.flatMap(({ batchId, ref }) => (ref === undefined ? [] : [[batchId, ref] as const]));
    return {
      notes: [],
      slotIds: slotIds.length > 0 ? new Map(slotIds) : undefined,
      refs: new Map(refs),
    };
  }

  async read(batchIds: readonly string[]) {
    const { hasAssignments, audits } = this.host.description;
    const rows: readonly StoredAssignment[] | undefined = hasAssignments
      ? (await this.host.ask({ what: 'assignments', batchIds })).map((row) => ({ ...row, callId: null }))
      : undefined;
    const found = audits.length > 0 ? await this.host.ask({ what: 'audits', batchIds }) : {};
    return {
      assignments: rows,
      audits: audits.map((name): Audit => ({ name, ...AUDIT_TERMS, rows: found[name] ?? [] })),
    };
  }

  async allBatchIds(): Promise<readonly string[]> {
    return inTransaction(this.pool, (client) => recordedBatches(client, []));
  }

  countOf(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }

  async remove(runIds: readonly string[]): Promise<void> {
    const batchIds = await inTransaction(this.pool, (client) => recordedBatches(client, runIds));
    if (this.host.description.hasRemove && batchIds.length > 0) {
      await this.host.ask({ what: 'remove', batchIds });
    }
    await inTransaction(this.pool, (client) => forgetRuns(client, runIds));
  }
}
