import type { ConfigurationProof, Coverage } from '../domain/proof.js';
import type { InvariantResult } from '../domain/run-result.js';
import type { ProofBatches } from './batches.js';
import { callersOf, type Configuration } from './configuration.js';
import { Frontier, type Beginning } from './frontier.js';
import { violations } from './oracle.js';
import { DivergedError, performSchedule, type Performance, type Stage } from './schedule.js';

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
  readonly beginning: Beginning;
  readonly performance: Performance;
  readonly violated: readonly InvariantResult[];
}

export interface Exploration {
  readonly proof: ConfigurationProof;
  readonly violation?: Violation;
}

/** Performs the schedules of a configuration, fewest preemptions first, until one violates an invariant. */
export class Explorer {
  readonly #frontier: Frontier;
  readonly #outcomes: Record<string, number> = {};
  #schedules = 0;
  #blockedSteps = 0;

  constructor(
    private readonly stage: Stage,
    private readonly batches: ProofBatches,
    private readonly configuration: Configuration,
    private readonly limits: Limits,
  ) {
    this.#frontier = new Frontier(limits.mostPreemptions);
  }

  async explore(): Promise<Exploration> {
    const startedMs = performance.now();
    let cutOff: string | undefined;
    let violation: Violation | undefined;
    try {
      while (violation === undefined && this.#mayGoOn()) violation = await this.#nextChunk();
      if (this.#frontier.size > 0) cutOff = this.#whyStopped(violation);
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      cutOff = `the same steps led to another state (${error.message}): the strategy is not deterministic`;
    }
    const proof = this.#conclude(cutOff, performance.now() - startedMs);
    return violation ? { proof, violation } : { proof };
  }

  #mayGoOn(): boolean {
    const { stop, maxSchedules } = this.limits;
    return this.#frontier.size > 0 && this.#schedules < maxSchedules && !stop.aborted;
  }

  #whyStopped(violation: Violation | undefined): string {
    if (violation) return 'a violation was found';
    return this.limits.stop.aborted ? 'interrupted' : `--max-schedules ${this.limits.maxSchedules}`;
  }

  async #nextChunk(): Promise<Violation | undefined> {
    const beginnings = this.#frontier.take(Math.min(CHUNK, this.limits.maxSchedules - this.#schedules));
    const { performances, violated } = await this.#perform(beginnings);
    performances.forEach((each, position) => this.#count(each, beginnings[position]));
    this.limits.onProgress(this.#schedules, this.#frontier.size);
    return violated.length > 0 ? this.#pinpoint(beginnings.slice(0, performances.length)) : undefined;
  }

  /** A stop, or a schedule without an end, ends the chunk early: only the schedules performed are judged. */
  async #perform(beginnings: readonly Beginning[]) {
    const { crew } = this.stage;
    const { slots } = this.configuration;
    const { runId, batchIds } = await this.batches.register(beginnings.length, slots);
    const performances: Performance[] = [];
    for (const [position, { choices }] of beginnings.entries()) {
      if (this.limits.stop.aborted || performances.some(({ stuck }) => stuck.length > 0)) break;
      const batchId = batchIds[position] ?? '';
      performances.push(await performSchedule(this.stage, this.configuration, batchId, choices));
    }
    return { performances, violated: await violations(crew.control, runId, slots, performances) };
  }

  /** Repeats the schedules of a chunk one by one: the first that is violated again is the smallest. */
  async #pinpoint(beginnings: readonly Beginning[]): Promise<Violation> {
    for (const beginning of beginnings) {
      const { performances, violated } = await this.#perform([beginning]);
      const [performance] = performances;
      if (performance && violated.length > 0) return { beginning, performance, violated };
    }
    throw new DivergedError('a violation was seen once and did not come again');
  }

  #count({ decisions, steps, calls }: Performance, beginning: Beginning | undefined): void {
    if (beginning) this.#frontier.branch(beginning, decisions);
    this.#schedules += 1;
    this.#blockedSteps += steps.filter((step) => step.waitedForStep !== null).length;
    const outcomes = calls.map((call) => call.outcome).join(', ');
    this.#outcomes[outcomes] = (this.#outcomes[outcomes] ?? 0) + 1;
  }

  #conclude(cutOff: string | undefined, durationMs: number): ConfigurationProof {
    const { name, slots } = this.configuration;
    return {
      ...{ name, slots, callers: callersOf(this.configuration), schedules: this.#schedules },
      coverage: cutOff === undefined ? this.#fullCoverage() : { kind: 'cut off', reason: cutOff },
      ...{ blockedSteps: this.#blockedSteps, outcomes: this.#outcomes, durationMs },
    };
  }

  #fullCoverage(): Coverage {
    const { mostPreemptions } = this.limits;
    return mostPreemptions === Infinity ? { kind: 'all' } : { kind: 'preemptions', most: mostPreemptions };
  }
}
