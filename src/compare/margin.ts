import { formatP } from '../base/wording.js';
import type { ComparisonCheck, RunResult } from '../domain/run-result.js';
import { reasonOf } from './wording.js';

/** The margin of "as fast as it was": 5 % slower is as good as equal. */
export const TOLERATED = 0.95;
const ROUNDING = 1e-9;

/** What a check says, but for its name. */
export type Decision = Omit<ComparisonCheck, 'name'>;

/** What the verdicts of the compared runs decide before any figure does; undefined where all are valid. */
export function decideByVerdicts(runs: readonly RunResult[]): Decision | undefined {
  const invalid = runs.find((run) => run.verdict === 'invalid');
  if (invalid !== undefined) return { result: 'failed', observed: reasonOf(invalid) };
  const unknown = runs.find((run) => run.verdict === 'unknown');
  return unknown && { result: 'inconclusive', observed: reasonOf(unknown) };
}

/**
 * Decides a test of non-inferiority and its opposite.
 *
 * @param observed what was measured
 * @param p the one-sided p-values of lying above the margin and below it
 * @param test.level of each of the two: at most one can be false
 * @param test.margin the ratio that both are about
 */
export function decideByMargin(
  observed: string,
  { above, below }: { readonly above: number; readonly below: number },
  { level, margin }: { readonly level: number; readonly margin: number },
): Decision {
  if (!proves(Math.min(above, below), level)) {
    const why = `too close to ${margin}, or too noisy, for p <= ${formatP(level)}`;
    return { result: 'inconclusive', observed: `${observed}; ${why}` };
  }
  return above < below
    ? { result: 'passed', observed: `${observed}, p = ${formatP(above)}` }
    : { result: 'failed', observed: `${observed}, p = ${formatP(below)}` };
}

/** A p-value is a share: one that is the level but for the rounding of fractions proves. */
export function proves(p: number, level: number): boolean {
  return p <= level * (1 + ROUNDING);
}
