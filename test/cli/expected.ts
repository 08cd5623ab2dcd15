import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Finished } from '../support/command-line.js';
import { runDocumentOf, type RunEntry } from './document.js';

export const STRATEGIES = ['legacy', 'cte', 'inventory'] as const;

/** A gate on a time, e.g. `p95 < 500ms`. */
const LATENCY_GATE = /\d(us|ms|s)$/;
const ATTEMPTS = 6;
/** Each attempt waits so much longer than the one before: whatever keeps the machine busy may end meanwhile. */
const LONGER_MS = 1_000;

/**
 * Runs a `run --json` again where nothing but a latency gate failed: a machine that stalls for a moment may cost
 * a run, but not all of them. Whatever else fails, fails at once.
 */
export async function runUnlessStalled(attempt: () => Promise<Finished>): Promise<Finished> {
  for (let left = ATTEMPTS - 1; ; left--) {
    const finished = await attempt();
    const { runs } = runDocumentOf(finished);
    const failed = runs.flatMap(({ gates }) => gates.filter(({ passed }) => !passed));
    if (failed.length === 0 || left === 0) return finished;
    expect(failed.filter(({ expression }) => !LATENCY_GATE.test(expression))).toEqual([]);
    expect(runs.filter(({ verdict }) => verdict !== 'valid')).toEqual([]);
    expect(finished.code).toBe(1);
    await sleep((ATTEMPTS - left) * LONGER_MS);
  }
}

/** How many contents of a plan get a slot: batch by batch, the contents dealt to the batches in turn. */
export function createdBy({ batches, slots, contents }: RunEntry['plan']): number {
  const contentsOfBatch = Array.from({ length: batches }, () => 0);
  for (let content = 0; content < contents; content++) {
    contentsOfBatch[content % batches] = (contentsOfBatch[content % batches] ?? 0) + 1;
  }
  return contentsOfBatch.reduce((sum, ofBatch) => sum + Math.min(slots, ofBatch), 0);
}

/** Expects that a run which delivered everything ended as its plan says, and as the database says. */
export function expectFullRun(run: RunEntry): void {
  const { batches, slots, contents, deliveries } = run.plan;
  const created = createdBy(run.plan);
  expect(run.assignments).toBe(contents * deliveries);
  expect(run.outcomes).toEqual({
    created,
    reused: created * (deliveries - 1),
    noSlot: (contents - created) * deliveries,
    error: 0,
    unknown: 0,
    recovered: 0,
  });
  expect(run.errorsByCode).toEqual({});
  const { ready, available } = run.batchTotals ?? { ready: created, available: batches * slots - created };
  expect({ ready, available }).toEqual({ ready: created, available: batches * slots - created });
  expectPassed(run);
}

/** Expects that nothing speaks against a run. */
export function expectPassed(run: RunEntry): void {
  expect(run.gates.filter((gate) => !gate.passed)).toEqual([]);
  expect(run.invariants.filter((invariant) => !invariant.passed)).toEqual([]);
  expect(run.invariants.length).toBeGreaterThan(0);
  expect({ passed: run.passed, verdict: run.verdict }).toEqual({ passed: true, verdict: 'valid' });
}
