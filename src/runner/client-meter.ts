import { monitorEventLoopDelay, performance, type IntervalHistogram } from 'node:perf_hooks';
import type { LagMicros } from '../domain/run-result.js';
import type { ClientWeight } from './messages.js';

/** A timer this often costs a worker about 0.2 % of a CPU; one of 1 ms would cost more than 2 %. */
const RESOLUTION_MS = 10;

/** Measures, from when it is made, what this process takes for its load: CPU, how busy and how late its event loop is. */
export class ClientMeter {
  readonly #startMs = performance.now();
  readonly #cpu = process.cpuUsage();
  readonly #loop = performance.eventLoopUtilization();
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#delay.enable();
  }

  /**
   * Ends the measurement.
   *
   * @param calls that were made meanwhile
   */
  stop(calls: number): ClientWeight {
    const { user, system } = process.cpuUsage(this.#cpu);
    const { utilization } = performance.eventLoopUtilization(this.#loop);
    const elapsedMs = performance.now() - this.#startMs;
    this.#delay.disable();
    return { calls, elapsedMs, cpuMicros: user + system, utilization, lagMicros: toLag(this.#delay) };
  }
}

/**
 * How late timers fired. Node records the nanoseconds from one firing of a timer to the next, the timer's own
 * period included (https://nodejs.org/docs/latest-v20.x/api/perf_hooks.html#perf_hooksmonitoreventloopdelayoptions);
 * the event loop's clock ticks in milliseconds, so a lag is exact to about one.
 */
function toLag(delay: IntervalHistogram): LagMicros {
  if (delay.count === 0) return { p50: NaN, p99: NaN, max: NaN };
  const lag = (nanos: number) => Math.max(0, nanos / 1_000 - RESOLUTION_MS * 1_000);
  return { p50: lag(delay.percentile(50)), p99: lag(delay.percentile(99)), max: lag(delay.max) };
}
