import type { Stage } from '../domain/scenario.js';
import type { RunResult } from '../domain/run-result.js';
import { formatCount, formatMicros } from './format.js';

type ArrivalPlan = Pick<RunResult['plan'], 'arrival' | 'rate' | 'spacing' | 'stages'>;

/** How calls arrive, e.g. `open loop at 500/s`, `poisson`. */
export function arrivalParts({ arrival, rate = NaN, spacing, stages = [] }: ArrivalPlan): string[] {
  if (arrival === 'burst') return ['burst'];
  if (arrival === 'closed') return ['closed loop'];
  const steps = stages.map(stageText);
  return [`open loop at ${formatCount(rate)}/s`, ...steps, `${spacing}`];
}

function stageText({ rate, durationMs }: Stage): string {
  return `to ${formatCount(rate)}/s ${durationMs === 0 ? 'at once' : `in ${durationMs / 1_000} s`}`;
}

/** How calls kept to the latency limit; none where there is none. */
export function limitParts({ plan, late, skipped }: RunResult): string[] {
  if (late === undefined || skipped === undefined) return [];
  const limit = formatMicros((plan.latencyLimitMs ?? NaN) * 1_000);
  return [`${limit} from the intended start`, `late ${formatCount(late)}`, `skipped ${formatCount(skipped)}`];
}
