/** Timers are late by up to this much; the rest of a wait is spent polling. */
const TIMER_SLACK_MS = 1.5;

/** Passes things on in their order, each after the same time. */
export class DelayLine<T> {
  readonly #delayMs: number;
  readonly #pass: (item: T) => void;
  readonly #waiting: { readonly dueMs: number; readonly item: T }[] = [];
  #running = false;

  /** @param delayMs may have fractions */
  constructor(delayMs: number, pass: (item: T) => void) {
    this.#delayMs = delayMs;
    this.#pass = pass;
  }

  push(item: T): void {
    if (this.#delayMs === 0) return this.#pass(item);
    this.#waiting.push({ dueMs: performance.now() + this.#delayMs, item });
    if (!this.#running) this.#schedule();
  }

  #schedule(): void {
    const next = this.#waiting[0];
    this.#running = next !== undefined;
    if (next === undefined) return;
    const coarseMs = next.dueMs - performance.now() - TIMER_SLACK_MS;
    if (coarseMs > 0) setTimeout(() => this.#drain(), coarseMs);
    else setImmediate(() => this.#drain());
  }

  #drain(): void {
    for (let next = this.#waiting[0]; next && next.dueMs <= performance.now(); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#pass(next.item);
    }
    this.#schedule();
  }
}
