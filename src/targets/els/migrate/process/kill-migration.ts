import { MIGRATION_FAULT, type FaultResult } from '../../../../domain/fault.js';
import { MIGRATION_STEPS } from '../migration.js';
import type { Random } from '../../../../base/random.js';
import type { BatchStep, KillPoint } from './messages.js';

/** Share of the kills that strike a migration which waits at its step; the others strike what it does next. */
const AT_A_STEP = 0.4;
/** A batch without rows to copy takes its steps in about this time. */
const LONGEST_DELAY_MS = 3;

/** Kills one migration once, at a step of a batch that is drawn or soon after it. */
export class MigrationKiller {
  readonly #plannedMs: number;
  readonly #sinceRelease: () => number;
  readonly #fatalStep: number;
  /** Undefined: it is killed at the step. */
  readonly #delayMs: number | undefined;
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
    this.#delayMs = random() < AT_A_STEP ? undefined : Math.floor(random() * (LONGEST_DELAY_MS + 1));
  }

  /** Where the process that begins now is going to be killed; undefined: it is not. */
  get point(): KillPoint | undefined {
    if (this.#result !== undefined) return undefined;
    return { step: this.#fatalStep - this.#heard, waits: this.#delayMs === undefined };
  }

  /**
   * Hears a step.
   *
   * @returns how many milliseconds later the migration is killed; undefined: it is not
   */
  hear({ batchId, step }: BatchStep): number | undefined {
    this.#heard += 1;
    if (this.#heard !== this.#fatalStep) return undefined;
    const when = this.#delayMs === undefined ? 'when' : `${this.#delayMs} ms after it told that`;
    const detail = `killed the migration ${when} batch ${batchId} was ${step}; another process resumed`;
    this.#result = this.#resultOf(true, detail);
    return this.#delayMs ?? 0;
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
