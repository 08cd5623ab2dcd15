import { nowMicros } from '../base/clock.js';
import { isAnswered, type Call } from '../domain/call.js';
import type { IntervalView, LoadDisplay, LoadView } from '../domain/load-view.js';
import type { RunWatch } from '../domain/run-watch.js';
import { totalSlots } from '../domain/load.js';
import type { WorkloadPlan } from '../domain/scenario.js';
import { askedRate } from './asked-rate.js';
import { CallTally } from './call-tally.js';

/** Workers tell of a call at most 100 ms after its end: this long after an interval its calls are known. */
const KNOWN_AFTER_MS = 200;
/** A connection that is lost and made again at once is no server that is away. */
const SHORTEST_ABSENCE_MS = 1_000;

/** Lets a display look at every registration and load. */
export function watchFor(display: LoadDisplay): RunWatch {
  return (plan) => {
    const monitor = new LoadMonitor(plan, display.intervalMs);
    const total = totalSlots(plan.scenario);
    return {
      registered: (slots) => display.registered(slots, total),
      released: (startMicros) => {
        monitor.release(startMicros);
        display.begin(() => monitor.look(nowMicros()));
      },
      heard: (calls) => monitor.hear(calls),
      skipped: (count) => monitor.skip(count),
      unreachable: (worker, sinceMicros) => monitor.unreachable(worker, sinceMicros),
      ended: () => display.end(),
    };
  };
}

/** Counts the calls of a load by the interval in which they ended. */
export class LoadMonitor {
  readonly #plan: WorkloadPlan;
  readonly #intervalMs: number;
  readonly #total = new CallTally();
  /** By their position; those that were shown are dropped. */
  readonly #intervals = new Map<number, CallTally>();
  #startMicros = NaN;
  #latest: IntervalView | undefined;
  /** The first interval that was not shown yet. */
  #next = 0;
  /** The workers that reach no server, and since when. */
  readonly #unreachable = new Map<number, number>();
  /** When the last call ended that the server answered. */
  #answeredMicros = -Infinity;

  /** @param intervalMs the length of one interval */
  constructor(plan: WorkloadPlan, intervalMs: number) {
    this.#plan = plan;
    this.#intervalMs = intervalMs;
  }

  /** @param startMicros the barrier's release, on the clock of the calls */
  release(startMicros: number): void {
    this.#startMicros = startMicros;
  }

  /** Counts calls; one that became known too late counts in the first interval that is still open. */
  hear(calls: readonly Call[]): void {
    for (const call of calls) {
      this.#total.add(call);
      if (isAnswered(call)) this.#answeredMicros = Math.max(this.#answeredMicros, call.endMicros);
      const endMs = (call.endMicros - this.#startMicros) / 1_000;
      this.#intervalAt(Math.max(this.#next, Math.floor(endMs / this.#intervalMs))).add(call);
    }
  }

  /** Counts skipped calls in the first interval that is still open: nobody tells when they were due. */
  skip(count: number): void {
    this.#total.skipped += count;
    this.#intervalAt(this.#next).skipped += count;
  }

  /** @param sinceMicros since when a worker reaches no server; undefined: it does */
  unreachable(worker: number, sinceMicros: number | undefined): void {
    if (sinceMicros === undefined) this.#unreachable.delete(worker);
    else this.#unreachable.set(worker, sinceMicros);
  }

  /** The load as it is known at a moment of the calls' clock. */
  look(atMicros: number): LoadView {
    const elapsedMs = Math.max(0, (atMicros - this.#startMicros) / 1_000);
    this.#closeIntervals(elapsedMs);
    const { calls, outcomes, errorsByCode, skipped } = this.#total;
    const share = this.#share(elapsedMs);
    const unreachableMs = this.#unreachableMs(atMicros);
    return { elapsedMs, share, calls, outcomes, errorsByCode, skipped, latest: this.#latest, unreachableMs };
  }

  /** A worker that reaches no server tells of all, unless another one's calls are answered. */
  #unreachableMs(atMicros: number): number | undefined {
    const firstMicros = Math.min(...this.#unreachable.values());
    const absentMs = (atMicros - Math.max(firstMicros, this.#answeredMicros)) / 1_000;
    return absentMs >= SHORTEST_ABSENCE_MS ? absentMs : undefined;
  }

  #closeIntervals(elapsedMs: number): void {
    const complete = Math.floor((elapsedMs - KNOWN_AFTER_MS) / this.#intervalMs);
    if (complete <= this.#next) return;
    this.#latest = this.#viewOf(complete - 1);
    this.#next = complete;
    for (const position of this.#intervals.keys()) {
      if (position < complete) this.#intervals.delete(position);
    }
  }

  #viewOf(position: number): IntervalView {
    const tally = this.#intervalAt(position);
    return {
      endMs: (position + 1) * this.#intervalMs,
      callsPerSecond: tally.calls / (this.#intervalMs / 1_000),
      askedPerSecond: askedRate(this.#plan.scenario, (position + 0.5) * this.#intervalMs),
      p50Micros: tally.percentileMicros(50),
      p99Micros: tally.percentileMicros(99),
      outcomes: tally.outcomes,
      errorsByCode: tally.errorsByCode,
      skipped: tally.skipped,
    };
  }

  #intervalAt(position: number): CallTally {
    const known = this.#intervals.get(position);
    if (known) return known;
    const tally = new CallTally();
    this.#intervals.set(position, tally);
    return tally;
  }

  #share(elapsedMs: number): number {
    const { scenario, totalDeliveries } = this.#plan;
    const ofDeliveries = this.#total.calls / totalDeliveries;
    const ofTime = scenario.durationMs === undefined ? 0 : elapsedMs / scenario.durationMs;
    return Math.min(1, Math.max(ofDeliveries, ofTime));
  }
}
