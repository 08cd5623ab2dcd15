/** What a look at a batch found. `completed`: this look was the one that completed it. */
export type LookResult = 'completed' | 'already_completed' | 'open';

/** A claim may be followed by another on the same batch that takes its debt over; a look runs at the latest then. */
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

interface Debt {
  dueAtMs: number;
  lastAnswerAtMs: number;
}

/**
 * The looks that an engine still owes. Two last claims cannot see each other inside their own transactions, so
 * each claim owes a look on a snapshot taken after its commit. A later claim on the batch that was sent after
 * that answer and found a free slot proves that the batch was not complete, and takes the debt over.
 */
export class CompletionDebts {
  readonly #debts = new Map<string, Debt>();
  readonly #complete = new Set<string>();
  /** Debts whose look is under way or in line: owed until it has answered. */
  readonly #underPayment = new Map<string, Debt>();
  readonly #looks: Looks;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #paying: Promise<void> = Promise.resolve();
  #waiting: Promise<void> = Promise.resolve();
  #lastFailure: Error | undefined;
  #failures = 0;

  /** @param looks ask the server; a failed look leaves the debts unpaid */
  constructor(looks: Looks) {
    this.#looks = looks;
  }

  /**
   * Notes that a call on a batch was answered. Any answer but an error owes a look, so that a batch whose last
   * claimer died before its look is completed by the next call.
   *
   * @param sentAtMs when the answered attempt was sent, on performance.now()'s clock
   * @param created whether it found a free slot
   */
  owe(batchId: string, sentAtMs: number, created: boolean): void {
    if (this.#complete.has(batchId)) return;
    const now = performance.now();
    const debt = this.#debts.get(batchId);
    const takenOver = debt !== undefined && created && sentAtMs > debt.lastAnswerAtMs;
    const dueAtMs = debt === undefined || takenOver ? now + LOOK_AFTER_MS : debt.dueAtMs;
    this.#debts.set(batchId, { dueAtMs, lastAnswerAtMs: now });
    this.#arm();
  }

  /** Notes what a look found that was made outside. */
  note(batchId: string, found: LookResult): void {
    if (found === 'open') return;
    if (this.#complete.size >= MAX_REMEMBERED) this.#complete.clear();
    this.#complete.add(batchId);
  }

  /**
   * Pays every debt now. A debt whose look failed may be under payment again when this ends: whoever needs it
   * paid settles again.
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
        return this.#pay(Infinity);
      });
      await this.#waiting;
      if (this.#lastFailure !== undefined && this.#failures > failuresBefore) throw this.#lastFailure;
      // What a batch incurred while a look on it waited is paid by another one.
    } while (this.#hasDebtsSince(askedAtMs));
  }

  /** Looks no more by itself: whoever comes next finds what is left. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #hasDebtsSince(askedAtMs: number): boolean {
    const owed = [...this.#debts.values(), ...this.#underPayment.values()];
    return owed.some(({ lastAnswerAtMs }) => lastAnswerAtMs <= askedAtMs);
  }

  #arm(): void {
    if (this.#isStopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#enqueue(() => this.#pay(performance.now())).then(() => {
        if (this.#debts.size > 0) this.#arm();
      });
    }, LOOK_AFTER_MS / 2);
  }

  /** One payer at a time, so that nothing is under way when the last one ends. */
  #enqueue(pay: () => Promise<void>): Promise<void> {
    this.#paying = this.#paying.then(pay);
    return this.#paying;
  }

  /** A look that waits took its snapshot before: the debts that its batch incurs meanwhile are due after it. */
  async #pay(dueUntilMs: number): Promise<void> {
    const isDue = ({ dueAtMs }: Debt) => dueAtMs <= dueUntilMs + LOOK_AFTER_MS / 2;
    const due = [...this.#debts]
      .filter(([batchId, debt]) => isDue(debt) && !this.#underPayment.has(batchId))
      .map(([batchId]) => batchId);
    for (let first = 0; first < due.length; first += MOST_TOGETHER) {
      await this.#payTogether(due.slice(first, first + MOST_TOGETHER));
    }
  }

  /** A debt that a call incurs while the look is under way is a new one. */
  async #payTogether(batchIds: readonly string[]): Promise<void> {
    for (const batchId of batchIds) {
      this.#underPayment.set(batchId, this.#debts.get(batchId) as Debt);
      this.#debts.delete(batchId);
    }
    try {
      const found = new Map(await this.#looks.together(batchIds));
      for (const batchId of batchIds) {
        const result = found.get(batchId);
        if (result === 'busy') this.#payWaiting(batchId);
        else this.#paid(batchId, result);
      }
    } catch (error) {
      this.#restore(batchIds, error);
    }
  }

  /** Apart from the others, which need not wait; one after the other, on one connection. */
  #payWaiting(batchId: string): void {
    this.#waiting = this.#waiting.then(async () => {
      try {
        this.#paid(batchId, await this.#looks.waiting(batchId));
      } catch (error) {
        this.#restore([batchId], error);
      }
      if (this.#debts.size > 0) this.#arm();
    });
  }

  #paid(batchId: string, found: LookResult | undefined): void {
    this.#underPayment.delete(batchId);
    if (found !== undefined) this.note(batchId, found);
  }

  #restore(batchIds: readonly string[], error: unknown): void {
    this.#lastFailure = error instanceof Error ? error : new Error(String(error));
    this.#failures += 1;
    const now = performance.now();
    for (const batchId of batchIds) {
      this.#underPayment.delete(batchId);
      if (!this.#debts.has(batchId)) this.#debts.set(batchId, { dueAtMs: now, lastAnswerAtMs: now });
    }
  }
}
