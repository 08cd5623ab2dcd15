import type { RunResult } from '../domain/run-result.js';
import { type Sweep, type SweepStep, type SweptParameter } from '../domain/sweep.js';
import { validSteps } from '../domain/rows.js';
import { isAchieved, kneeOf, lastAchieved } from './knee.js';

/**
 * Sums up the runs of a sweep.
 *
 * @param runs in the order of the parameter's values; the knee is sought among the valid ones, and one that was cut off
 *   says nothing of the tool either
 */
export function buildSweep(parameter: SweptParameter, runs: readonly RunResult[]): Sweep {
  const steps = runs.map((run) => toStep(parameter, run));
  const valid = validSteps(steps, runs);
  return {
    parameter,
    steps,
    knee: parameter === 'rate' ? lastAchieved(valid) : kneeOf(valid),
    clientSaturatedFrom: startOfTail(steps, true),
    clientUnsaturatedFrom: startOfTail(steps, false),
  };
}

function toStep(parameter: SweptParameter, run: RunResult): SweepStep {
  return {
    value: valueOf(parameter, run),
    throughputPerSecond: run.throughputPerSecond,
    p95Micros: run.latencyMicros.p95,
    clientSaturated: run.complete ? run.client.saturated : null,
    ...(parameter === 'rate' && { achieved: isAchieved(run) }),
  };
}

function valueOf(parameter: SweptParameter, { workers, connections, plan }: RunResult): number {
  const value = { ...plan, workers, connections }[parameter];
  return typeof value === 'number' ? value : NaN;
}

/**
 * The first value of the last steps that all have the client so; null where the last one has not. Steps too short to
 * tell are passed over.
 */
function startOfTail(steps: readonly SweepStep[], clientSaturated: boolean): number | null {
  const told = steps.filter((step) => step.clientSaturated !== null);
  const lastOther = told.findLastIndex((step) => step.clientSaturated !== clientSaturated);
  return told[lastOther + 1]?.value ?? null;
}
