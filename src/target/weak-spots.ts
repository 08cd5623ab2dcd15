/** A statement, by the name of its file below sql/ without `.sql`. */
export type StatementName = string;

/**
 * The statements by which a fault stops a claim half-way, or looks at what it left: each is one file of sql/. A target
 * without one is refused the faults that need it. Their binds are `batch_id`, `batch_ids` and `content_id`.
 */
export interface WeakSpots {
  /** Counts the contents of batches that hold a slot, as `assigned`. */
  readonly countAssigned?: StatementName;
  /**
   * Writes a row that a claim of the content collides with, so that it waits while it holds its slot. Raises 23505 or
   * 55P03 where the content is claimed already.
   */
  readonly holdContent?: StatementName;
  /** Locks every free slot of batches; returns how many as `locked`. */
  readonly lockFreeSlots?: StatementName;
  /** Where one call commits twice: stops it between its transactions. Lists contents that were left half done. */
  readonly betweenTransactions?: HalfWay;
  /** Where full batches are completed by a statement of their own: stops whoever comes to it. Lists batches. */
  readonly beforeCompletion?: HalfWay;
}

export type WeakSpot = keyof WeakSpots;

/** A place in the midst of a call where its process can be killed. */
export interface HalfWay {
  /** Locks of batches what the next statement of the call needs. */
  readonly lock: StatementName;
  /** Lists what was left half done there, of batches: rows of `content_id` or `batch_id`. */
  readonly left: StatementName;
  /** The audit that finds what nobody has finished. */
  readonly audit: string;
}
