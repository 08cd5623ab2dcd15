import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { quote } from '../base/wording.js';
import { withClient } from '../database/on-pool.js';
import type { DatabasePool } from '../database/pool.js';
import { endBackends } from '../database/quiescence.js';
import { InfrastructureError } from '../domain/errors.js';
import type { Pooling } from '../domain/run-result.js';

/** Longest that setup, register, assignments, an audit or remove of a target may take. */
const STEP_MS = 120_000;
/** Longest that loading a file, or opening an instance to look at it, may take. */
const LOADING_MS = 30_000;
/** Longest that what still has to be done may take once the command is to stop. */
const SETTLING_MS = 5_000;
/** Longest that the server is waited for to end sessions that are given up. */
const ENDING_MS = 1_000;

/**
 * What a target does for the coordinator: how long each may take, and whether it is done all the same when the command is to
 * stop, to know what happened and to leave nothing behind.
 */
const STEPS = {
  loading: { longestMs: LOADING_MS, settles: false },
  check: { longestMs: LOADING_MS, settles: false },
  open: { longestMs: LOADING_MS, settles: false },
  setup: { longestMs: STEP_MS, settles: false },
  register: { longestMs: STEP_MS, settles: false },
  assignments: { longestMs: STEP_MS, settles: true },
  audits: { longestMs: STEP_MS, settles: true },
  remove: { longestMs: STEP_MS, settles: true },
} as const;

/** Something that a target does for the coordinator. */
export type StepName = keyof typeof STEPS;

/** How long steps of a target may take. */
export interface StepLimits {
  /** Longest that each may take; default: its own, of 2 minutes or half of one. */
  readonly stepMs?: number | undefined;
  /** When the command is to stop; its reason is told instead of what a step would have said. */
  readonly stop?: AbortSignal | undefined;
}

/** A step under way. */
export interface Step {
  /** Of the target. */
  readonly path: string;
  readonly what: StepName;
  /** The step that this one is done for; default: itself. */
  readonly within?: StepName | undefined;
}

/**
 * Watches a step of a target's.
 *
 * @param over called once when it takes too long, with the InfrastructureError `target_hung` that says so; or, where the
 *   command is to stop and nothing has to be settled by the step, with the reason of the stop
 * @returns ends the watch
 */
export function watchStep(
  { stepMs, stop }: StepLimits,
  step: Step,
  over: (reason: unknown) => void,
): () => void {
  const { settles } = STEPS[step.within ?? step.what];
  const longestMs = stepMs ?? STEPS[step.what].longestMs;
  const end = () => {
    clearTimeout(timer);
    stop?.removeEventListener('abort', onStop);
  };
  const giveUp = (reason: unknown) => {
    end();
    over(reason);
  };
  let timer = setTimeout(() => giveUp(hung(step, longestMs, '')), longestMs);
  const onStop = () => {
    if (!settles) return giveUp(stop?.reason);
    clearTimeout(timer);
    const leftMs = Math.min(longestMs, SETTLING_MS);
    timer = setTimeout(() => giveUp(hung(step, leftMs, ` of ${String(stop?.reason)}`)), leftMs);
  };
  if (stop?.aborted) onStop();
  else stop?.addEventListener('abort', onStop, { once: true });
  return end;
}

function hung({ path, what }: Step, afterMs: number, since: string): InfrastructureError {
  const late = `${what} did not answer within ${afterMs / 1_000} s${since}; it was ended`;
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
