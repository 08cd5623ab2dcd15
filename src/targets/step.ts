import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { quote } from '../base/wording.js';
import { withClient } from '../database/on-pool.js';
import type { DatabasePool } from '../database/pool.js';
import { endBackends } from '../database/quiescence.js';
import { InfrastructureError } from '../domain/errors.js';
import type { Pooling } from '../domain/run-result.js';

/** Longest that setup, register, assignments, audits or remove of a target may take. */
export const STEP_MS = 120_000;
/** Longest that the server is waited for to end sessions that are given up. */
const ENDING_MS = 1_000;

/** How long steps of a target may take. */
export interface StepLimits {
  /** Longest that one may take; default: 2 minutes. */
  readonly stepMs?: number | undefined;
}

/** Something that a target does for the coordinator. */
export interface Step {
  /** Of the target. */
  readonly path: string;
  /** E.g. `setup`. */
  readonly what: string;
  /** Where it may not take as long as others. */
  readonly longestMs?: number | undefined;
}

/**
 * Watches a step of a target's.
 *
 * @param over called once when it takes too long, with the InfrastructureError `target_hung` that says so
 * @returns ends the watch
 */
export function watchStep(limits: StepLimits, step: Step, over: (reason: unknown) => void): () => void {
  const longestMs = step.longestMs ?? limits.stepMs ?? STEP_MS;
  const timer = setTimeout(() => over(hung(step, longestMs)), longestMs);
  return () => clearTimeout(timer);
}

function hung({ path, what }: Step, afterMs: number): InfrastructureError {
  const late = `${what} did not answer within ${afterMs / 1_000} s; it was ended`;
  return new InfrastructureError('target_hung', `target file ${quote(path)}: ${late}`);
}

/** The sessions in which a target does its steps, known by a name of their own, which a pooler passes on. */
export class StepSessions {
  /** What they connect with. */
  readonly applicationName = `els-assign host ${randomBytes(6).toString('hex')}`;

  /** @param place where they are, with other connections to there */
  constructor(private readonly place: { readonly pool: DatabasePool; readonly pooling: Pooling }) {}

  /**
   * Ends what they are at, so that none of it happens when nobody waits for it any more. It takes no longer than the
   * server may be waited for: that one which cannot be reached does not, changes nothing for whoever gave up.
   */
  async end(): Promise<void> {
    const { pool, pooling } = this.place;
    const backends = { applicationName: this.applicationName, pooled: pooling !== 'none' };
    const ending = withClient(pool, (client) => endBackends(client, backends, ENDING_MS)).catch(
      () => undefined,
    );
    await Promise.race([ending, sleep(ENDING_MS, undefined, { ref: false })]);
  }
}
