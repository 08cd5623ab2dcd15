import { expect } from 'vitest';
import type { RunEntry } from './document.js';

export const STRATEGIES = ['legacy', 'cte', 'inventory'] as const;

function slotsAt(slots: number | readonly number[], batch: number): number {
  return [slots].flat()[batch % [slots].flat().length] ?? NaN;
}

/** How many contents of a plan get a slot: batch by batch, the contents dealt to the batches in turn. */
export function createdBy({ batches, slots, contents }: RunEntry['plan']): number {
  const contentsOfBatch = Array.from({ length: batches }, () => 0);
  for (let content = 0; content < contents; content++) {
    contentsOfBatch[content % batches] = (contentsOfBatch[content % batches] ?? 0) + 1;
  }
  return contentsOfBatch.reduce((sum, ofBatch, batch) => sum + Math.min(slotsAt(slots, batch), ofBatch), 0);
}

/** Expects that a run which delivered everything ended as its plan says, and as the database says. */
export function expectFullRun(run: RunEntry): void {
  const { batches, slots, contents, deliveries } = run.plan;
  const created = createdBy(run.plan);
  const total = Array.from({ length: batches }, (_, batch) => slotsAt(slots, batch)).reduce(
    (a, b) => a + b,
    0,
  );
  expect(run.assignments).toBe(contents * deliveries);
  expect(run.outcomes).toEqual({
    created,
    reused: created * (deliveries - 1),
    assigned: 0,
    noSlot: (contents - created) * deliveries,
    error: 0,
    unknown: 0,
    recovered: 0,
  });
  expect(run.errorsByCode).toEqual({});
  const { taken, available } = run.batchTotals ?? { taken: created, available: total - created };
  expect({ taken, available }).toEqual({ taken: created, available: total - created });
  expectPassed(run);
}

/** Expects that nothing speaks against a run. */
export function expectPassed(run: RunEntry): void {
  expect(run.gates.filter((gate) => !gate.passed)).toEqual([]);
  expect(run.invariants.filter((invariant) => !invariant.passed)).toEqual([]);
  expect(run.invariants.length).toBeGreaterThan(0);
  expect({ passed: run.passed, verdict: run.verdict }).toEqual({ passed: true, verdict: 'valid' });
}
