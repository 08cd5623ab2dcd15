/** Raised in a caller whose process is gone: it hears no answer and makes no further step. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

/** Where a session stands: before a step, in one, or at its end. */
export type SchedulingState = 'ready' | 'running' | 'done';

/** Lets one session's steps through, one at a time, when the scheduler says so. */
export class SchedulingPoint {
  #state: SchedulingState = 'running';
  #waiting: PromiseWithResolvers | undefined;
  #abandoned = false;
  readonly #onChange: () => void;

  /** @param onChange told when the session stands before a step or at its end */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Whether the session's process is gone. */
  get isAbandoned(): boolean {
    return this.#abandoned;
  }

  get state(): SchedulingState {
    return this.#state;
  }

  /**
   * Waits until the scheduler lets the session through.
   *
   * @throws Abandoned when the session's process is gone, or has said that it is done
   */
  async pass(): Promise<void> {
    if (this.#abandoned || this.#state === 'done') throw new Abandoned();
    const passage = new Promise<void>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    this.#change('ready');
    await passage;
  }

  /** Lets the session make the step that it stands before. */
  open(): void {
    this.#state = 'running';
    this.#waiting?.resolve();
  }

  /** Ends the session's process: whatever it waits for does not come. */
  abandon(): void {
    this.#abandoned = true;
    if (this.#state === 'ready') this.#state = 'running';
    this.#waiting?.reject(new Abandoned());
  }

  /** The session makes no further step. */
  finish(): void {
    this.#change('done');
  }

  #change(state: SchedulingState): void {
    this.#state = state;
    this.#onChange();
  }
}

interface PromiseWithResolvers {
  resolve(): void;
  reject(error: Error): void;
}
