/** A mark that lags behind by this many claims costs a process that comes later some microseconds, once. */
const KEEP_EVERY_CLAIMS = 512;

/** Marks of batches beyond this many are forgotten, and found again in the database. */
const MAX_REMEMBERED = 10_000;

interface Mark {
  essayId: string;
  claimsSinceKept: number;
}

/**
 * Where an engine's claims start in each batch: behind the last slot that it was told it had claimed. What was taken
 * before stays in the index as dead entries, until VACUUM comes or, where a transaction holds an old snapshot, longer;
 * a claim that had to pass them all would grow slower as its batch fills.
 *
 * A mark is a hint. What is rolled back before it is found because a claim that finds nothing behind it looks
 * everywhere.
 */
export class LowWaterMarks {
  readonly #marks = new Map<string, Mark>();

  /** The slot behind which a claim starts; '' where nothing is known. */
  of(batchId: string): string {
    return this.#marks.get(batchId)?.essayId ?? '';
  }

  /** Notes an acknowledged claim: no other moves the mark. */
  claimed(batchId: string, essayId: string): void {
    const mark = this.#marks.get(batchId);
    if (mark === undefined) {
      if (this.#marks.size >= MAX_REMEMBERED) this.#marks.clear();
      this.#marks.set(batchId, { essayId, claimsSinceKept: 1 });
      return;
    }
    mark.claimsSinceKept += 1;
    if (isBehind(mark.essayId, essayId)) mark.essayId = essayId;
  }

  /** The mark to be kept in the database, for other processes; '' when that was done not long ago. */
  toKeep(batchId: string): string {
    const mark = this.#marks.get(batchId);
    return mark === undefined || mark.claimsSinceKept < KEEP_EVERY_CLAIMS ? '' : mark.essayId;
  }

  /** Notes that a mark was kept. */
  kept(batchId: string): void {
    const mark = this.#marks.get(batchId);
    if (mark !== undefined) mark.claimsSinceKept = 0;
  }
}

/** Whether `later` sorts behind `earlier` in PostgreSQL's collation "C": byte by byte in UTF-8. */
function isBehind(earlier: string, later: string): boolean {
  return Buffer.compare(Buffer.from(earlier), Buffer.from(later)) < 0;
}
