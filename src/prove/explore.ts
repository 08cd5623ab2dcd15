import type { ConfigurationProof, Coverage } from '../domain/proof.js';
import type { InvariantResult } from '../domain/run-result.js';
import type { ProofBatches } from './batches.js';
import { callersOf, type Configuration } from './configuration.js';
import { Frontier, type Prefix } from './frontier.js';
import { violations } from './oracle.js';
import { runSchedule, type Decision, type ScheduleResult, type ScheduleContext } from './schedule.js';

/** Schedules that are registered and judged together. */
const CHUNK = 64;

/** How far an exploration goes, and who watches it. */
export interface Limits {
  readonly maxSchedules: number;
  readonly mostPreemptions: number;
  readonly stop: AbortSignal;
  /** Told after each chunk: schedules done, and known to be left. */
  readonly onProgress: (done: number, left: number) => void;
}

/** A schedule that violates an invariant. */
export interface Violation {
  readonly prefix: Prefix;
  readonly result: ScheduleResult;
  readonly violated: readonly InvariantResult[];
}

export interface Exploration {
  readonly proof: ConfigurationProof;
  readonly violation?: Violation;
}

/** Runs the schedules of a configuration, fewest preemptions first, until one violates an invariant. */
export class Explorer {
  readonly #frontier: Frontier;
  readonly #outcomes: Record<string, number> = {};
  #schedules = 0;
  #blockedSteps = 0;
  #redirected = 0;

  constructor(
    private readonly context: ScheduleContext,
    private readonly batches: ProofBatches,
    private readonly configuration: Configuration,
    private readonly limits: Limits,
  ) {
    this.#frontier = new Frontier(limits.mostPreemptions);
  }

  async explore(): Promise<Exploration> {
    const startedMs = performance.now();
    let violation: Violation | undefined;
    while (violation === undefined && this.#mayGoOn()) violation = await this.#nextChunk();
    const proof = this.#conclude(this.#cutOff(violation), performance.now() - startedMs);
    return violation ? { proof, violation } : { proof };
  }

  #mayGoOn(): boolean {
    return this.#frontier.size > 0 && this.#cutOff(undefined) === undefined;
  }

  /** Why schedules were left out, if any were. */
  #cutOff(violation: Violation | undefined): string | undefined {
    const { stop, maxSchedules } = this.limits;
    if (violation) return 'a violation was found';
    if (stop.aborted) return 'interrupted';
    return this.#frontier.size > 0 && this.#schedules >= maxSchedules
      ? `--max-schedules ${maxSchedules}`
      : undefined;
  }

  async #nextChunk(): Promise<Violation | undefined> {
    const { maxSchedules, stop, onProgress } = this.limits;
    const prefixes = this.#frontier.take(Math.min(CHUNK, maxSchedules - this.#schedules));
    const { results, violated } = await this.#runAll(prefixes, stop);
    // What was under way was cancelled, and proves nothing.
    if (stop.aborted) return undefined;
    results.forEach((each, position) => this.#count(each, prefixes[position]));
    onProgress(this.#schedules, this.#frontier.size);
    return violated.length > 0 ? this.#pinpoint(prefixes, results) : undefined;
  }

  /** A stop, or a schedule without an end, ends the chunk early: only the schedules that were run are judged. */
  async #runAll(prefixes: readonly Prefix[], stop: AbortSignal) {
    const { slots } = this.configuration;
    const batchIds = await this.batches.register(prefixes.length, slots);
    const results: ScheduleResult[] = [];
    for (const [position, { choices }] of prefixes.entries()) {
      if (stop.aborted || results.some(({ stuck }) => stuck.length > 0)) break;
      const batchId = batchIds[position] ?? '';
      results.push(await runSchedule(this.context, this.configuration, batchId, choices));
    }
    return { results, violated: await violations(this.context, slots, results) };
  }

  /** Asks about the schedules of a chunk one by one: the first that violates an invariant is the smallest. */
  async #pinpoint(prefixes: readonly Prefix[], results: readonly ScheduleResult[]): Promise<Violation> {
    for (const [position, result] of results.entries()) {
      const violated = await violations(this.context, this.configuration.slots, [result]);
      const prefix = prefixes[position];
      if (prefix && violated.length > 0) return { prefix, result, violated };
    }
    throw new Error('a chunk of schedules violates what none of them does alone');
  }

  #count({ decisions, steps, calls, redirectedAt }: ScheduleResult, prefix: Prefix | undefined): void {
    if (prefix) this.#branch(prefix, decisions, redirectedAt);
    this.#schedules += 1;
    this.#blockedSteps += steps.filter((step) => step.waitedForStep !== null).length;
    const outcomes = calls.map((call) => call.outcome).join(', ');
    this.#outcomes[outcomes] = (this.#outcomes[outcomes] ?? 0) + 1;
  }

  /** A redirected schedule branches from where it left its prefix. */
  #branch({ choices, preemptions }: Prefix, decisions: readonly Decision[], redirectedAt?: number): void {
    if (redirectedAt !== undefined) this.#redirected += 1;
    this.#frontier.branch({ choices: choices.slice(0, redirectedAt), preemptions }, decisions);
  }

  #conclude(cutOff: string | undefined, durationMs: number): ConfigurationProof {
    const { name, slots } = this.configuration;
    return {
      ...{ name, slots, callers: callersOf(this.configuration), schedules: this.#schedules },
      coverage: cutOff === undefined ? this.#fullCoverage() : { kind: 'cut off', reason: cutOff },
      ...{
        blockedSteps: this.#blockedSteps,
        redirected: this.#redirected,
        outcomes: this.#outcomes,
        durationMs,
      },
    };
  }

  #fullCoverage(): Coverage {
    const { mostPreemptions } = this.limits;
    return mostPreemptions === Infinity ? { kind: 'all' } : { kind: 'preemptions', most: mostPreemptions };
  }
}
