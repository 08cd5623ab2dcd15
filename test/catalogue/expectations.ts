import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { InvariantResult, Verdict } from '#els/domain/run-result.js';
import type { PlantedBug, ScenarioName } from './planted-bug.js';

/** The order of the deliveries; what a single caller meets follows from it. */
export const SEED = 4;

export function scenarioFile(name: ScenarioName): string {
  return fileURLToPath(new URL(`scenarios/${name}.json`, import.meta.url));
}

/** What the oracles said of a run, and how its calls ended. */
export interface Judged {
  readonly verdict: Verdict;
  readonly invariants: readonly InvariantResult[];
  /** Calls without an outcome. */
  readonly errors: number;
}

/**
 * Expects that a bug was caught by the invariants that name it, each with witnesses, and by no others: neither
 * an error nor a by-product is a catch.
 */
export function expectCaught(bug: PlantedBug, { verdict, invariants, errors }: Judged): void {
  const violated = invariants.filter(({ passed }) => !passed);
  const byTheWay = (name: string) => (bug.mayViolate ?? []).includes(name);
  const names = violated.map(({ name }) => name).filter((name) => !byTheWay(name));
  const told = { verdict, names: names.sort(), errors: bug.mayErr ? 0 : errors };
  expect(told, JSON.stringify(violated)).toEqual({
    verdict: 'invalid',
    names: [...bug.violates].sort(),
    errors: 0,
  });
  for (const { name, witnesses } of violated) expect(witnesses.length, name).toBeGreaterThan(0);
}
