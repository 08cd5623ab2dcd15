/** Each limit is looked at so many times. */
const TICKS = 10;

/**
 * Tells when something has not happened for a while. It counts the ticks of a timer, not the clock: while this process
 * itself stands still, or its host sleeps, nobody is late.
 */
export class Countdown {
  readonly #timer: NodeJS.Timeout;
  #passedMs: number;

  /**
   * @param creditMs time at first that does not count
   * @param onEnd called once, when the limit has passed since the last reset
   */
  constructor(limitMs: number, creditMs: number, onEnd: () => void) {
    const tickMs = Math.max(1, limitMs / TICKS);
    this.#passedMs = -creditMs;
    this.#timer = setInterval(() => {
      this.#passedMs += tickMs;
      if (this.#passedMs < limitMs) return;
      this.stop();
      onEnd();
    }, tickMs);
  }

  /** It has happened: what is left of the credit stays. */
  reset(): void {
    this.#passedMs = Math.min(this.#passedMs, 0);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
