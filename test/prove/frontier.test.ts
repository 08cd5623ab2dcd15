import { describe, expect, it } from 'vitest';
import { Frontier } from '#els/prove/frontier.js';
import type { Decision } from '#els/prove/schedule.js';

interface Run {
  readonly order: string;
  readonly preemptions: number;
}

/** Runs sessions of so many steps each, none of which ever waits, in every order that the frontier names. */
function runAll(stepsOfSession: readonly number[], mostPreemptions: number): Run[] {
  const frontier = new Frontier(mostPreemptions);
  const runs: Run[] = [];
  while (frontier.size > 0) {
    for (const prefix of frontier.take(3)) {
      const decisions = run(stepsOfSession, prefix.choices);
      frontier.branch(prefix, decisions);
      const order = decisions.map(({ chosen }) => chosen).join('');
      runs.push({ order, preemptions: prefix.preemptions });
    }
  }
  return runs;
}

function run(stepsOfSession: readonly number[], choices: readonly number[]): Decision[] {
  const left = [...stepsOfSession];
  const decisions: Decision[] = [];
  let current: number | undefined;
  while (left.some((steps) => steps > 0)) {
    const ready = left.flatMap((steps, session) => (steps > 0 ? [session] : []));
    const goesOn = current !== undefined && ready.includes(current) ? current : (ready[0] ?? 0);
    const chosen = choices[decisions.length] ?? goesOn;
    decisions.push({ ready, chosen, current });
    left[chosen] = (left[chosen] ?? 0) - 1;
    current = chosen;
  }
  return decisions;
}

/** How often a session was stopped before its last step. */
function preemptionsIn(order: string): number {
  const stops = [...order].filter((session, at) => at > 0 && order[at - 1] !== session);
  const finished = new Set(order).size - 1;
  return stops.length - finished;
}

describe('the frontier', () => {
  it('names every interleaving of two sessions once: C(8, 4) = 70', () => {
    const orders = runAll([4, 4], Infinity).map(({ order }) => order);
    expect(new Set(orders).size).toBe(70);
    expect(orders).toHaveLength(70);
  });

  it('names every interleaving of three sessions once: 6! / (2! 2! 2!) = 90', () => {
    const orders = runAll([2, 2, 2], Infinity).map(({ order }) => order);
    expect(new Set(orders).size).toBe(90);
    expect(orders).toHaveLength(90);
  });

  it('counts preemptions as they are, and names schedules with fewer of them first', () => {
    const runs = runAll([3, 2, 2], Infinity);
    for (const { order, preemptions } of runs) expect(preemptionsIn(order), order).toBe(preemptions);
    const counts = runs.map(({ preemptions }) => preemptions);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });

  it('leaves out exactly the schedules with more preemptions than wanted', () => {
    const within = runAll([3, 3], Infinity).filter(({ preemptions }) => preemptions <= 2);
    expect(new Set(runAll([3, 3], 2).map(({ order }) => order))).toEqual(
      new Set(within.map(({ order }) => order)),
    );
  });
});
