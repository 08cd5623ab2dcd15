import { killsWorker, MIGRATION_FAULT } from '../domain/fault.js';
import type { Rollout, Scenario } from '../domain/scenario.js';
import { durationMillis } from './duration.js';
import type { ScenarioFile } from './schema.js';

/** The rollout of a file whose fields are valid each alone. */
export function toRollout({ steps }: NonNullable<ScenarioFile['rollout']>): Rollout {
  return { steps: steps.map(({ at, strategy }) => ({ atMs: durationMillis(at) ?? NaN, strategy })) };
}

/**
 * What is wrong with a scenario's rollout, or with its lack, and what is accepted; undefined where nothing is. A worker
 * that takes over from a killed one begins with the strategy of the run's start, so none may be killed.
 */
export function brokenRolloutRule({
  arrival,
  durationMs,
  faults,
  rollout,
  slots,
}: Scenario): string | undefined {
  if (rollout === undefined) {
    return faults.some(({ kind }) => kind === MIGRATION_FAULT)
      ? `fault ${MIGRATION_FAULT} without a rollout; accepted: with a rollout only`
      : undefined;
  }
  if (arrival === 'burst' || durationMs === undefined)
    return 'a rollout but no duration; accepted: a rollout with arrival "closed" or "open" and a duration only';
  if (typeof slots !== 'number') return 'a rollout and a list of slots; accepted: one number of slots';
  const killer = faults.find(killsWorker);
  if (killer !== undefined)
    return `fault ${killer.kind} beside a rollout; accepted: faults that kill no worker`;
  return brokenTimes(rollout, durationMs);
}

function brokenTimes({ steps }: Rollout, durationMs: number): string | undefined {
  const times = steps.map(({ atMs }) => atMs);
  const wrong = times.findIndex((atMs, position) => atMs <= (times[position - 1] ?? 0));
  if (wrong !== -1)
    return `rollout.steps[${wrong}].at is ${times[wrong]}ms; accepted: times that rise from step to step`;
  const late = times.findIndex((atMs) => atMs >= durationMs);
  return late === -1
    ? undefined
    : `rollout.steps[${late}].at is ${times[late]}ms; accepted: before the end of the duration, ${durationMs}ms`;
}
