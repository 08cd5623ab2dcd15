import type { BatchRecords } from '../../runs/foreign-batches.js';
import type { Audit, Host, Registered, Registration, Stored } from '../../target/host.js';
import { auditInTurn, AUDIT_TERMS } from '../audits.js';
import { PROMISES_ASSUMED } from '../own-schema.js';
import type { HostProcess } from './host-process.js';
import type { HostAnswer } from './messages.js';

/** A target's side of the database, behind the process that runs its file. */
export class ModuleHost implements Host {
  /**
   * @param batches the record of them, in the target's database
   * @param host with the file loaded, for that database
   */
  constructor(
    private readonly batches: BatchRecords,
    private readonly host: HostProcess,
  ) {}

  async register({ groups, strategy, command, records }: Registration): Promise<Registered> {
    await this.batches.record(strategy, groups, records, command);
    const told = await this.host.ask({
      what: 'register',
      groups: groups.map(({ batchIds, slots, contentIdsOf }) => ({
        slots,
        batches: batchIds.map((batchId, position) => ({ batchId, contents: contentIdsOf(position) })),
      })),
    });
    const slotIds = told.flatMap(({ batchId, slotIds: ids }) =>
      ids ? [[batchId, new Set(ids)] as const] : [],
    );
    const refs = told.flatMap(({ batchId, ref }) => (ref === undefined ? [] : [[batchId, ref] as const]));
    return {
      notes: [...this.#assumptions(), ...this.batches.notes],
      slotIds: slotIds.length > 0 ? new Map(slotIds) : undefined,
      refs: new Map(refs),
    };
  }

  async read(batchIds: readonly string[]): Promise<Stored> {
    const { hasAssignments, audits: names } = this.host.description;
    const rows = hasAssignments ? await this.host.ask({ what: 'assignments', batchIds }) : undefined;
    const audited = await auditInTurn(names, async (found) => {
      for (const name of names) {
        found.push(toAudit(name, await this.host.ask({ what: 'audits', name, batchIds })));
      }
    });
    return { assignments: rows?.map((row) => ({ ...row, callId: null })), ...audited };
  }

  countOf(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }

  async remove(runIds: readonly string[]): Promise<void> {
    await this.batches.remove(runIds, (batchIds) => this.#remove(batchIds), false);
  }

  removeIdle(runIds: readonly string[]): Promise<readonly string[]> {
    return this.batches.remove(runIds, (batchIds) => this.#remove(batchIds), true);
  }

  #assumptions(): string[] {
    if (!this.host.description.promisesAssumed) return [];
    return [PROMISES_ASSUMED];
  }

  async #remove(batchIds: readonly string[]): Promise<void> {
    if (!this.host.description.hasRemove) throw new Error('a target that has no remove was asked to');
    await this.host.ask({ what: 'remove', batchIds });
  }
}

/** Rows that were cut may be those that prove something: that they were is said. */
function toAudit(name: string, { rows, found }: HostAnswer<'audits'>): Audit {
  if (found === rows.length) return { name, ...AUDIT_TERMS, rows };
  const reason = `only the first ${rows.length} of the ${found} rows that it found were looked at`;
  return { name, ...AUDIT_TERMS, rows, gap: { reason, everywhere: false } };
}
