import type { Call } from '../domain/call.js';
import type { FaultResult } from '../domain/fault.js';
import type { Terms } from '../domain/promises.js';
import type { StoredAssignment } from '../target/host.js';
import { claimantsOf, type Claimant } from './claims.js';
import { isOpen, type ContentHistory, type HistoryIndex } from './history-index.js';

/** What is known of how a history came about. */
export interface Circumstances {
  /** What was broken on purpose. */
  readonly faults: readonly FaultResult[];
  /** Why calls may be missing, one line each. */
  readonly incomplete: readonly string[];
  /** Whether what was committed had to be there at the end. */
  readonly durable: boolean;
  /** Whether another server took over: what was acknowledged must be there, and what follows from its loss is no news. */
  readonly failedOver?: boolean | undefined;
  /** Why a call of the run may still take effect; undefined: the run is quiet. */
  readonly notQuiet?: string | undefined;
  /** Why others may be at work on the same rows, so that these look unfinished. */
  readonly unsettled?: string | undefined;
  /**
   * Whether replies or connections of the code under test were lost that does not tell its own retries, so that any
   * `reused` may be one.
   */
  readonly retriesUntold?: boolean | undefined;
  /** Calls that the tool made one at a time after quiet, to see whether a slot is still given. */
  readonly closing?: ReadonlySet<Call> | undefined;
}

/** What a target promises and says, as far as the oracles ask. */
export type JudgedTerms = Pick<Terms, 'promises' | 'places'>;

/** All that the oracles judge by. */
export interface Evidence extends JudgedTerms {
  /** Whether every success tells `created` from `reused`. */
  readonly told: boolean;
  readonly batches: readonly BatchEvidence[];
  /** Whether what is in the database was read. */
  readonly hasRows: boolean;
  /** Whether the ids of the slots that were registered are known. */
  readonly knowsSlotIds: boolean;
  /** Contents of which nobody knows whether they have a slot; where deliveries are not idempotent, of one of their calls. */
  readonly open: readonly ContentHistory[];
  readonly circumstances: Circumstances;
}

/** One batch of a run. */
export interface BatchEvidence {
  readonly batchId: string;
  readonly slots: number;
  readonly slotIds: ReadonlySet<string> | undefined;
  readonly contents: ReadonlyMap<string, ContentHistory>;
  /** Who may hold its slots. */
  readonly claimants: readonly Claimant[];
  /** The `no_slot` that ended first. */
  readonly firstNoSlot: Call | undefined;
  readonly rows: readonly StoredAssignment[];
}

/** What evidence is made of. */
export interface Observed {
  readonly terms: JudgedTerms;
  readonly batchIds: readonly string[];
  /** Slots of a batch. */
  readonly slotsOf: (batchId: string) => number;
  /** Ids of the slots that were registered for each batch, where they are known. */
  readonly slotIds?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  readonly index: HistoryIndex;
  /** Undefined: the database was not asked. */
  readonly rows: readonly StoredAssignment[] | undefined;
  readonly circumstances: Circumstances;
}

/** Puts the evidence together, batch by batch. n in the number of calls and rows. */
export function evidenceOf(observed: Observed): Evidence {
  const { terms, index, rows, slotIds, circumstances } = observed;
  const { idempotent } = terms.promises;
  const contents = [...index.values()].flatMap((batch) => [...batch.values()]);
  const rowsOf = rowsByBatch(rows ?? []);
  const batchIds = new Set([...observed.batchIds, ...index.keys(), ...rowsOf.keys()]);
  const isOpenHere = idempotent ? isOpen : (content: ContentHistory) => content.indefinite.length > 0;
  return {
    ...terms,
    told: contents.every(({ assigned }) => assigned.length === 0),
    batches: [...batchIds].map((batchId) => {
      const batch: ReadonlyMap<string, ContentHistory> = index.get(batchId) ?? new Map<string, never>();
      return {
        batchId,
        slots: observed.slotsOf(batchId),
        slotIds: slotIds?.get(batchId),
        contents: batch,
        claimants: claimantsOf(batch, idempotent, circumstances.retriesUntold ?? false),
        firstNoSlot: firstNoSlotOf(batch),
        rows: rowsOf.get(batchId) ?? [],
      };
    }),
    hasRows: rows !== undefined,
    knowsSlotIds: slotIds !== undefined,
    open: contents.filter(isOpenHere),
    circumstances,
  };
}

function firstNoSlotOf(batch: ReadonlyMap<string, ContentHistory>): Call | undefined {
  let first: Call | undefined;
  for (const { noSlot } of batch.values()) {
    for (const call of noSlot) if (first === undefined || call.endMicros < first.endMicros) first = call;
  }
  return first;
}

function rowsByBatch(rows: readonly StoredAssignment[]): Map<string, StoredAssignment[]> {
  const batches = new Map<string, StoredAssignment[]>();
  for (const row of rows) {
    const known = batches.get(row.batchId);
    if (known === undefined) batches.set(row.batchId, [row]);
    else known.push(row);
  }
  return batches;
}

/** How many rows each content of a batch has. */
export function countRows(rows: readonly StoredAssignment[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { contentId } of rows) counts.set(contentId, (counts.get(contentId) ?? 0) + 1);
  return counts;
}
