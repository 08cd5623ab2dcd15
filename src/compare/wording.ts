import type { RunResult } from '../domain/run-result.js';
import type { MetricRatio } from './metrics.js';

/** Why a run that is not valid decides a check, or keeps it from being decided. */
export function reasonOf(run: RunResult): string {
  const where = `round ${run.round} of ${run.strategy} is ${run.verdict}`;
  return run.notes[0] === undefined ? where : `${where}: ${run.notes[0]}`;
}

/** `1.26 [1.25 – 1.28]`; without the interval where it says nothing. */
export function describeRatio({ ratio, low, high, confidence }: MetricRatio): string {
  const range = confidence === 0 ? '' : ` [${roundDown(low)} – ${roundDown(high)}]`;
  return roundDown(ratio) + range;
}

export function roundsText(rounds: number): string {
  return rounds === 1 ? '1 round' : `${rounds} rounds`;
}

/** Two digits, cut off: a ratio just under the limit must not be shown as the limit. */
function roundDown(ratio: number): string {
  return (Math.floor(ratio * 100 + 1e-9) / 100).toFixed(2);
}
