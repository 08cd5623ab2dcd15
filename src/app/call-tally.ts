import type { Call, CallOutcome } from '../domain/call.js';
import type { CallCounts } from '../domain/load-view.js';
import { newHistogram, record } from '../runner/latency.js';

/** Counts calls as they become known. */
export class CallTally implements CallCounts {
  readonly outcomes: Record<CallOutcome, number> = {
    created: 0,
    reused: 0,
    assigned: 0,
    no_slot: 0,
    error: 0,
    unknown: 0,
  };
  readonly errorsByCode: Record<string, number> = {};
  skipped = 0;
  readonly #latency = newHistogram();

  add({ outcome, errorCode, intendedMicros, endMicros }: Call): void {
    this.outcomes[outcome] += 1;
    if (errorCode !== null) this.errorsByCode[errorCode] = (this.errorsByCode[errorCode] ?? 0) + 1;
    record(this.#latency, endMicros - intendedMicros);
  }

  get calls(): number {
    return this.#latency.totalCount;
  }

  /** Latency from the intended start in microseconds; NaN where nothing was counted. */
  percentileMicros(percentile: number): number {
    return this.calls === 0 ? NaN : this.#latency.getValueAtPercentile(percentile);
  }
}
