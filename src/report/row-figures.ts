import { median } from '../base/median.js';
import { completeRuns, type Row, type Runs } from '../domain/rows.js';
import type { RunResult } from '../domain/run-result.js';
import { formatCount } from './format.js';

/**
 * The median over the rounds of a figure, where any is complete over those that are; NaN when some round did not
 * measure it.
 */
export function medianOf({ runs }: Pick<Row, 'runs'>, read: (run: RunResult) => number): number {
  return median(measuredRuns(runs).map(read));
}

/** The runs that were not cut off, or all where there is no other. */
export function measuredRuns(runs: Runs): Runs {
  const [first, ...others] = completeRuns(runs);
  return first === undefined ? runs : [first, ...others];
}

/** A count; fewest–most where rounds differ, so that no round hides behind another. */
export function rangeCell({ runs }: Pick<Row, 'runs'>, read: (run: RunResult) => number): string {
  return countRange(runs.map(read));
}

/** The lowest and the highest of counts, as `rangeCell`. */
export function countRange(counts: readonly number[]): string {
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)].map(formatCount);
  return fewest === most ? `${fewest}` : `${fewest}–${most}`;
}
