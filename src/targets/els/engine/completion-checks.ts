/** What a look at a batch found. `completed`: this look was the one that completed it. */
export type LookResult = 'completed' | 'already_completed' | 'open';

/** A look waits this long at most: a later claim on the same batch may take it over meanwhile. */
const LOOK_AFTER_MS = 50;

/** Batches known to be complete need no look; beyond this many the memory starts anew. */
const MAX_REMEMBERED = 10_000;

/** More batches than this are looked at one statement after the other. */
const MOST_TOGETHER = 100;

/** How batches are looked at. */
export interface Looks {
  /**
   * Looks at batches, all on one snapshot, and waits for nobody; `busy`: another session holds the batch's tracker. It
   * says nothing of a batch that is gone.
   */
  readonly together: (
    batchIds: readonly string[],
  ) => Promise<readonly (readonly [batchId: string, found: LookResult | 'busy'])[]>;
  /** Looks at a batch, and waits for whoever holds its tracker. */
  readonly waiting: (batchId: string) => Promise<LookResult>;
}

/** A look that a batch needs. */
interface PendingCheck {
  dueAtMs: number;
  lastAnswerAtMs: number;
}

/**
 * The pending completion checks of an engine. Two last claims cannot see each other inside their own transactions, so
 * each claim needs a look on a snapshot taken after its commit. A later claim on the batch that was sent after that
 * answer and found a free slot proves that the batch was not complete, and its look stands for both.
 */
export class CompletionChecks {
  readonly #pending = new Map<string, PendingCheck>();
  readonly #complete = new Set<string>();
  /** Those whose look is under way or in line: pending until it has answered. */
  readonly #underWay = new Map<string, PendingCheck>();
  readonly #looks: Looks;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();
  #waiting: Promise<void> = Promise.resolve();
  #lastFailure: Error | undefined;
  #failures = 0;

  /** @param looks ask the server; a look that failed stays pending */
  constructor(looks: Looks) {
    this.#looks = looks;
  }

  /**
   * Requests a look at a batch, for a call on it was answered: by whatever but an error, so that a batch whose last
   * claimer was killed before its look is completed by the next call.
   *
   * @param sentAtMs when the answered attempt was sent, on performance.now()'s clock
   * @param created whether it found a free slot
   */
  request(batchId: string, sentAtMs: number, created: boolean): void {
    if (this.#complete.has(batchId)) return;
    const now = performance.now();
    const before = this.#pending.get(batchId);
    const takenOver = before !== undefined && created && sentAtMs > before.lastAnswerAtMs;
    const dueAtMs = before === undefined || takenOver ? now + LOOK_AFTER_MS : before.dueAtMs;
    this.#pending.set(batchId, { dueAtMs, lastAnswerAtMs: now });
    this.#arm();
  }

  /** Notes what a look found that was made outside. */
  note(batchId: string, found: LookResult): void {
    if (found === 'open') return;
    if (this.#complete.size >= MAX_REMEMBERED) this.#complete.clear();
    this.#complete.add(batchId);
  }

  /**
   * Makes every pending check now. One that failed may be under way again when this ends: whoever needs it made
   * settles again.
   *
   * @throws what a look raised that failed meanwhile
   */
  async settle(): Promise<void> {
    const askedAtMs = performance.now();
    do {
      await this.#waiting;
      let failuresBefore = 0;
      await this.#enqueue(() => {
        failuresBefore = this.#failures;
        return this.#run(Infinity);
      });
      await this.#waiting;
      if (this.#lastFailure !== undefined && this.#failures > failuresBefore) throw this.#lastFailure;
      // What was requested for a batch while a look on it waited takes another one.
    } while (this.#hasPendingSince(askedAtMs));
  }

  /** Looks no more by itself: whoever comes next finds what is left. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #hasPendingSince(askedAtMs: number): boolean {
    const all = [...this.#pending.values(), ...this.#underWay.values()];
    return all.some(({ lastAnswerAtMs }) => lastAnswerAtMs <= askedAtMs);
  }

  #arm(): void {
    if (this.#isStopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#enqueue(() => this.#run(performance.now())).then(() => {
        if (this.#pending.size > 0) this.#arm();
      });
    }, LOOK_AFTER_MS / 2);
  }

  /** One at a time, so that nothing is under way when the last one ends. */
  #enqueue(checks: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(checks);
    return this.#running;
  }

  /** A look that waits took its snapshot before: what is requested for its batch meanwhile is due after it. */
  async #run(dueUntilMs: number): Promise<void> {
    const isDue = ({ dueAtMs }: PendingCheck) => dueAtMs <= dueUntilMs + LOOK_AFTER_MS / 2;
    const due = [...this.#pending]
      .filter(([batchId, check]) => isDue(check) && !this.#underWay.has(batchId))
      .map(([batchId]) => batchId);
    for (let first = 0; first < due.length; first += MOST_TOGETHER) {
      await this.#runTogether(due.slice(first, first + MOST_TOGETHER));
    }
  }

  /** What a call requests while the look is under way takes a new one. */
  async #runTogether(batchIds: readonly string[]): Promise<void> {
    for (const batchId of batchIds) {
      this.#underWay.set(batchId, this.#pending.get(batchId) as PendingCheck);
      this.#pending.delete(batchId);
    }
    try {
      const found = new Map(await this.#looks.together(batchIds));
      for (const batchId of batchIds) {
        const result = found.get(batchId);
        if (result === 'busy') this.#runWaiting(batchId);
        else this.#answered(batchId, result);
      }
    } catch (error) {
      this.#restore(batchIds, error);
    }
  }

  /** Apart from the others, which need not wait; one after the other, on one connection. */
  #runWaiting(batchId: string): void {
    this.#waiting = this.#waiting.then(async () => {
      try {
        this.#answered(batchId, await this.#looks.waiting(batchId));
      } catch (error) {
        this.#restore([batchId], error);
      }
      if (this.#pending.size > 0) this.#arm();
    });
  }

  #answered(batchId: string, found: LookResult | undefined): void {
    this.#underWay.delete(batchId);
    if (found !== undefined) this.note(batchId, found);
  }

  #restore(batchIds: readonly string[], error: unknown): void {
    this.#lastFailure = error instanceof Error ? error : new Error(String(error));
    this.#failures += 1;
    const now = performance.now();
    for (const batchId of batchIds) {
      this.#underWay.delete(batchId);
      if (!this.#pending.has(batchId)) this.#pending.set(batchId, { dueAtMs: now, lastAnswerAtMs: now });
    }
  }
}
