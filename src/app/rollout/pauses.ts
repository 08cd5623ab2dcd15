import type { BatchMigration } from '../../domain/migration.js';
import type { BatchStep } from './migration-messages.js';

/** How long batches pause at most: as their migration measured it, or as it was heard across several processes. */
export class Pauses {
  readonly #markedAtMs = new Map<string, number>();
  longestMs = 0;

  hear({ batchId, step }: BatchStep): void {
    const now = performance.now();
    const markedAtMs = this.#markedAtMs.get(batchId);
    if (step === 'marked' && markedAtMs === undefined) this.#markedAtMs.set(batchId, now);
    if (step !== 'switched' || markedAtMs === undefined) return;
    this.#markedAtMs.delete(batchId);
    this.#add(now - markedAtMs);
  }

  hearEnd(migrations: readonly BatchMigration[]): void {
    for (const { pauseMs } of migrations) this.#add(pauseMs);
    for (const { batchId, outcome } of migrations)
      if (outcome === 'put_back') this.#markedAtMs.delete(batchId);
  }

  #add(pauseMs: number): void {
    this.longestMs = Math.max(this.longestMs, pauseMs);
  }
}
