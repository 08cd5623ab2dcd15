import type { Call } from '../../domain/call.js';
import type { RolloutPhase, RolloutResult, RolloutSummary, RolloutSwitch } from '../../domain/rollout.js';
import type { RunResult } from '../../domain/run-result.js';
import { newHistogram, record, toLatencyMicros, type Histogram } from '../../runner/latency.js';
import type { Recording } from '../../runner/run-load.js';
import type { SwitchMade } from './rollout-driver.js';

type Load = Pick<Recording, 'calls' | 'startMicros' | 'durationMs'>;

/**
 * What callers felt of a rollout: every call is in the history.
 *
 * @param start the strategy that the run began with
 */
export function rolloutResult(start: string, made: readonly SwitchMade[], load: Load): RolloutResult {
  return {
    phases: measured(spansOf(start, made, load.durationMs), load),
    switches: made.map((each) => ({ ...each, longestCallMicros: longestCall(each, load) })),
  };
}

/** What all rounds say together; NaN where no switch was made. */
export function summarizeRollouts(runs: readonly RunResult[]): RolloutSummary {
  const switches = runs.flatMap(({ rollout }) => rollout?.switches ?? []);
  return {
    longestCallMicros: highest(switches.map((each) => each.longestCallMicros)),
    longestPauseMs: highest(switches.flatMap(({ migration }) => migration?.longestPauseMs ?? [])),
  };
}

type Span = Pick<RolloutPhase, 'strategy' | 'switchedFrom' | 'fromMs' | 'toMs'>;

/** Before, during and after each switch, as long as the load lasted. */
function spansOf(start: string, made: readonly SwitchMade[], endMs: number): Span[] {
  const spans: Span[] = [];
  let fromMs = 0;
  let strategy = start;
  for (const { from, to, startMs, endMs: switchedMs } of made) {
    spans.push({ strategy, switchedFrom: null, fromMs, toMs: startMs });
    spans.push({ strategy: to, switchedFrom: from, fromMs: startMs, toMs: switchedMs });
    fromMs = switchedMs;
    strategy = to;
  }
  spans.push({ strategy, switchedFrom: null, fromMs, toMs: endMs });
  return spans
    .filter((span) => span.fromMs < endMs)
    .map((span) => ({ ...span, toMs: Math.min(span.toMs, endMs) }));
}

function measured(spans: readonly Span[], { calls, startMicros }: Load): RolloutPhase[] {
  const histograms = spans.map(() => newHistogram());
  for (const call of calls) {
    const endMs = (call.endMicros - startMicros) / 1_000;
    const histogram = histograms[spans.findIndex(({ toMs }) => endMs <= toMs)];
    if (histogram !== undefined) record(histogram, latencyOf(call));
  }
  return spans.map((span, position) => ({
    ...span,
    ...figuresOf(span, histograms[position] ?? newHistogram()),
  }));
}

function figuresOf(
  { fromMs, toMs }: Span,
  histogram: Histogram,
): Pick<RolloutPhase, 'calls' | 'throughputPerSecond' | 'latencyMicros'> {
  const { p50, p95, p99 } = toLatencyMicros(histogram);
  const calls = histogram.totalCount;
  return { calls, throughputPerSecond: calls / ((toMs - fromMs) / 1_000), latencyMicros: { p50, p95, p99 } };
}

/** Of those that were under way at some moment of a switch. */
function longestCall({ startMs, endMs }: SwitchMade, { calls, startMicros }: Load): number {
  const [from, to] = [startMicros + startMs * 1_000, startMicros + endMs * 1_000];
  return highest(calls.filter((call) => call.intendedMicros < to && call.endMicros > from).map(latencyOf));
}

function latencyOf({ intendedMicros, endMicros }: Call): number {
  return endMicros - intendedMicros;
}

function highest(values: readonly number[]): RolloutSwitch['longestCallMicros'] {
  return values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most), NaN);
}
