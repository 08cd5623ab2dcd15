import { MIGRATION_FAULT, type FaultResult } from '../../domain/fault.js';
import { MIGRATION_STEPS } from '../../domain/migration.js';
import type { Random } from '../../scenario/random.js';
import type { BatchStep } from './migration-messages.js';

/** Kills one migration once, at a step of a batch that is drawn. */
export class MigrationKiller {
  readonly #plannedMs: number;
  readonly #sinceRelease: () => number;
  readonly #fatalStep: number;
  #heard = 0;
  #result: FaultResult | undefined;

  /**
   * @param plannedMs when the rollout's step is due
   * @param sinceRelease the time now, in milliseconds from the barrier's release
   */
  constructor(batches: number, random: Random, plannedMs: number, sinceRelease: () => number) {
    this.#plannedMs = plannedMs;
    this.#sinceRelease = sinceRelease;
    this.#fatalStep = Math.floor(random() * batches * MIGRATION_STEPS.length) + 1;
  }

  /** Whether the migration that told a step dies of it. */
  strikes({ batchId, step }: BatchStep): boolean {
    this.#heard += 1;
    if (this.#result !== undefined || this.#heard < this.#fatalStep) return false;
    const detail = `killed the migration when batch ${batchId} was ${step}; another process resumed`;
    this.#result = this.#resultOf(true, detail);
    return true;
  }

  /** What came of it, when the migration is over. */
  get result(): FaultResult {
    return this.#result ?? this.#resultOf(false, 'the migration was over before the step that was drawn');
  }

  #resultOf(struck: boolean, detail: string): FaultResult {
    const atMs = this.#sinceRelease();
    const moments = { plannedMs: this.#plannedMs, startMs: atMs, endMs: atMs };
    return { kind: MIGRATION_FAULT, ...moments, struck, detail, left: { orphans: 0, uncompleted: 0 } };
  }
}
