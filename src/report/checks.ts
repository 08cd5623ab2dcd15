import type { ComparisonCheck, Report } from '../domain/run-result.js';

/** Everything that a report compared, of strategies and with a baseline. */
export function checksOf({ comparison, baseline }: Report): ComparisonCheck[] {
  return [...(comparison?.checks ?? []), ...(baseline?.checks ?? [])];
}
