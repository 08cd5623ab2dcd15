import type { BatchMigration } from '../migration.js';
import type { BatchStep } from './messages.js';

/**
 * How long batches pause at most, one after the other: as their migration measured it, or as it was heard across several
 * processes. Moments are in milliseconds, of one clock.
 */
export class Pauses {
  #paused: { readonly batchId: string; readonly sinceMs: number } | undefined;
  longestMs = 0;

  /**
   * Hears which batches a process found marked: the one before it may have put its batch back, or have died before it told
   * of a mark or a switch.
   *
   * @param beforeMs when the process before was gone
   */
  hearFound([batchId]: readonly string[], beforeMs: number): void {
    if (batchId === this.#paused?.batchId) return;
    this.#end(beforeMs);
    if (batchId !== undefined) this.#paused = { batchId, sinceMs: beforeMs };
  }

  hear({ batchId, step }: BatchStep, atMs: number): void {
    if (batchId !== this.#paused?.batchId) this.#paused = { batchId, sinceMs: atMs };
    if (step === 'switched') this.#end(atMs);
  }

  hearEnd(migrations: readonly BatchMigration[]): void {
    this.#paused = undefined;
    for (const { pauseMs } of migrations) this.#add(pauseMs);
  }

  #end(atMs: number): void {
    if (this.#paused !== undefined) this.#add(atMs - this.#paused.sinceMs);
    this.#paused = undefined;
  }

  #add(pauseMs: number): void {
    this.longestMs = Math.max(this.longestMs, pauseMs);
  }
}
