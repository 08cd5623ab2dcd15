import type { Decision } from './schedule.js';

/** How a schedule that is still to be run begins; from there on each session goes on for as long as it can. */
export interface Prefix {
  readonly choices: readonly number[];
  /** How often a session was stopped although it could have gone on. */
  readonly preemptions: number;
}

/**
 * The schedules still to be run, those with the fewest preemptions first: most errors of concurrency need
 * few, and the first one found is easy to read. (M. Musuvathi, S. Qadeer, Iterative Context Bounding for
 * Systematic Testing of Multithreaded Programs, PLDI 2007.)
 */
export class Frontier {
  readonly #byPreemptions: Prefix[][] = [[{ choices: [], preemptions: 0 }]];
  #size = 1;

  /** @param mostPreemptions schedules with more are left out */
  constructor(private readonly mostPreemptions: number) {}

  get size(): number {
    return this.#size;
  }

  /** Takes some prefixes, all with the same, smallest number of preemptions. */
  take(most: number): Prefix[] {
    const bucket = this.#byPreemptions.find((prefixes) => prefixes.length > 0);
    const taken = bucket?.splice(0, most) ?? [];
    this.#size -= taken.length;
    return taken;
  }

  /** Adds every schedule that leaves one that was run after its prefix: each schedule is added exactly once. */
  branch({ choices, preemptions }: Prefix, decisions: readonly Decision[]): void {
    const chosen = decisions.map((decision) => decision.chosen);
    decisions.slice(choices.length).forEach(({ ready, current }, offset) => {
      const before = chosen.slice(0, choices.length + offset);
      for (const other of ready) {
        if (other === chosen[before.length]) continue;
        const stops = current !== undefined && ready.includes(current) && other !== current;
        this.#add({ choices: [...before, other], preemptions: preemptions + Number(stops) });
      }
    });
  }

  #add(prefix: Prefix): void {
    const { preemptions } = prefix;
    if (preemptions > this.mostPreemptions) return;
    (this.#byPreemptions[preemptions] ??= []).push(prefix);
    this.#size += 1;
  }
}
