import { setTimeout as sleep } from 'node:timers/promises';
import { InfrastructureError } from '../domain/errors.js';
import type { Actor } from './actor.js';
import type { Instances } from './instances.js';

/** Most steps take less; the server is asked after this time. */
const GRACE_MS = 2;

/** A statement that is still at work after this time is taken for one that never ends. */
const LONGEST_STEP_MS = 30_000;

/** Longer than PostgreSQL takes to find a deadlock (deadlock_timeout, by default 1 s). */
const LONGEST_WAIT_MS = 5_000;

/**
 * Finds out when nothing moves: every session stands before a step, at its end, or waits for a lock that
 * another holds. The server says which wait, as it does for PostgreSQL's isolation tester.
 */
export class Quiescence {
  readonly #waiting = new Set<Actor>();
  #changes = 0;
  #onChange: () => void = () => undefined;

  constructor(
    private readonly instances: Instances,
    private readonly actors: readonly Actor[],
  ) {}

  /** A session came to stand before a step, or at its end. */
  noteChange(): void {
    this.#changes += 1;
    this.#onChange();
  }

  /**
   * Waits until nothing moves.
   *
   * @param step number of the last step made, which may have let others go
   */
  async reach(step: number): Promise<void> {
    const deadlineMs = performance.now() + LONGEST_STEP_MS;
    while (!(await this.#isQuiescent())) {
      if (performance.now() > deadlineMs) {
        const message = `a statement is still at work after ${LONGEST_STEP_MS / 1_000} s`;
        throw new InfrastructureError('statement_never_ends', message);
      }
    }
    for (const { state } of this.#running()) if (state.record) state.record.waitedForStep = step + 1;
  }

  /**
   * When all sessions wait for each other, PostgreSQL ends one's statement.
   *
   * @returns false when nothing came of it
   */
  async isReleasedByServer(unfinished: readonly Actor[]): Promise<boolean> {
    return unfinished.some((actor) => this.#running().includes(actor)) && this.#changeWithin(LONGEST_WAIT_MS);
  }

  #running(): Actor[] {
    return this.actors.filter(({ schedulingPoint }) => schedulingPoint.state === 'running');
  }

  /** Nobody runs but those who wait, and nobody moved while the server was asked. */
  async #isQuiescent(): Promise<boolean> {
    const running = this.#running();
    if (running.length === 0) {
      this.#waiting.clear();
      return true;
    }
    const isNew = running.some((actor) => !this.#waiting.has(actor));
    if (isNew && (await this.#changeWithin(GRACE_MS))) return false;
    const changesBefore = this.#changes;
    const blocked = await this.instances.blocked(this.actors.map(({ instance }) => instance.pid));
    if (this.#changes !== changesBefore) return false;
    this.#waiting.clear();
    for (const actor of running) if (blocked.has(actor.instance.pid)) this.#waiting.add(actor);
    return this.#waiting.size === running.length;
  }

  async #changeWithin(timeoutMs: number): Promise<boolean> {
    const changesBefore = this.#changes;
    const timer = new AbortController();
    const changed = new Promise<void>((resolve) => (this.#onChange = resolve));
    await Promise.race([
      changed,
      sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    timer.abort();
    return this.#changes !== changesBefore;
  }
}
