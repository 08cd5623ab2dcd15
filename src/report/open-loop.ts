import type { RunResult } from '../domain/run-result.js';
import { formatCount, formatMicros } from './format.js';

/** How calls arrive, e.g. `open loop at 500/s`, `poisson`. */
export function arrivalParts({ arrival, rate = NaN, spacing, stages = [] }: RunResult['plan']): string[] {
  if (arrival === 'burst') return ['burst'];
  if (arrival === 'closed') return ['closed loop'];
  const steps = stages.map((stage) => `to ${formatCount(stage.rate)}/s in ${stage.durationMs / 1_000} s`);
  return [`open loop at ${formatCount(rate)}/s`, ...steps, `${spacing}`];
}

/** How calls kept to the latency limit; none where there is none. */
export function limitParts({ plan, late, skipped }: RunResult): string[] {
  if (late === undefined || skipped === undefined) return [];
  const limit = formatMicros((plan.latencyLimitMs ?? NaN) * 1_000);
  return [`${limit} from the intended start`, `late ${formatCount(late)}`, `skipped ${formatCount(skipped)}`];
}
