/** Which table of a batch is its inventory of slots. One batch has exactly one. */
export type Inventory = 'slots' | 'essays';

/**
 * Characters of an essay's id, at most: a unique index holds no longer one.
 * Source: https://www.postgresql.org/docs/current/btree.html.
 */
export const LONGEST_ESSAY_ID = 2_704;

/** The built-in strategies; any other name is the path of a custom SQL file. */
export const BUILT_IN_STRATEGIES = ['legacy', 'cte', 'inventory'] as const;

/** The name of a built-in strategy: `legacy`, `cte` or `inventory`. */
export type BuiltInStrategy = (typeof BUILT_IN_STRATEGIES)[number];

/** One content to be given one slot of its batch. */
export interface AssignmentRequest {
  /** A batch that was registered. 1 to 255 characters, like every text of a request. */
  readonly batchId: string;
  /** The idempotency key within the batch: the same content always gets the same slot. */
  readonly textStorageId: string;
  /** As the file was called where it came from. */
  readonly originalFileName: string;
  /** A whole number, 0 or more. */
  readonly fileSizeBytes: number;
  /** Kept with the assignment; not looked at. */
  readonly contentMd5Hash: string;
  /** Kept with the assignment; not looked at. */
  readonly fileUploadId: string;
  /** Identifies this call: what it wrote is recognised by it after a lost reply. */
  readonly correlationId: string;
}

/** What `assign` answers; failures are thrown as `AssignmentError`. */
export type AssignmentResult =
  /** This call took a free slot. `recovered`: its reply was lost first, and a retry found its own effect. */
  | { readonly outcome: 'created'; readonly essayId: string; readonly recovered: boolean }
  /** This content already has this slot (a duplicate delivery). `replyLost`: after a reply of this call was lost. */
  | { readonly outcome: 'reused'; readonly essayId: string; readonly replyLost?: true }
  /** At some moment during the call every slot was taken by committed assignments and this content had none. */
  | { readonly outcome: 'no_slot' };

/** What an engine did besides answering; all counts are since the engine was made. */
export interface EngineCounters {
  /** Network round trips of calls, without completion looks and connection set-up. */
  readonly roundTrips: number;
  /** Statements sent to see whether a batch is complete. */
  readonly completionLooks: number;
  /** Attempts that were made again, by SQLSTATE, `contended`, `connection` or, by another strategy, `inventory_mismatch`. */
  readonly retriesByCode: Readonly<Record<string, number>>;
}
