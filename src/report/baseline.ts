import type { BaselineComparison } from '../domain/run-result.js';
import { warningLines } from './comparison-claims.js';
import { checkLines } from './comparison-findings.js';
import { wrapWords } from './layout.js';
import type { Style } from './style.js';

/** What is slower or as fast as in an earlier result, and what makes that doubtful. */
export function baselineLines(baseline: BaselineComparison | undefined, style: Style): string[] {
  if (baseline === undefined) return [];
  return [
    ...wrapWords(baselineHeading(baseline), style.width).map((line) => style.colours.dim(line)),
    ...checkLines(baseline.checks, style),
    ...warningLines(baseline.warnings, style),
  ];
}

/** Which earlier result a comparison is with. */
export function baselineHeading({ measuredAt }: BaselineComparison): string {
  return `against the baseline of ${measuredAt}; another machine or day is measured too:`;
}
