import type { AssignmentResult } from '#els/targets/els/engine/assignment.js';
import type { AssignmentError } from '#els/targets/els/engine/errors.js';
import { VARIANTS } from './variants.js';

/** The variants that assign many contents in one statement. */
export const BULK_VARIANTS = VARIANTS.filter(({ strategy }) => strategy !== 'legacy');

/** What `assignMany` returned, where every request has an outcome. */
export function valuesOf(results: readonly PromiseSettledResult<AssignmentResult>[]): AssignmentResult[] {
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** The outcome of each request, or the code of its error. */
export function endsOf(results: readonly PromiseSettledResult<AssignmentResult>[]): string[] {
  return results.map((result) =>
    result.status === 'fulfilled' ? result.value.outcome : (result.reason as AssignmentError).code,
  );
}

/** How often each outcome is there. */
export function tally(results: readonly PromiseSettledResult<AssignmentResult>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const end of endsOf(results)) counts[end] = (counts[end] ?? 0) + 1;
  return counts;
}
