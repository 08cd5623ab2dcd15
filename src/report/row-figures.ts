import { median } from '../base/median.js';
import type { Row } from '../domain/rows.js';
import type { RunResult } from '../domain/run-result.js';
import { formatCount } from './format.js';

/** The median over the rounds of a figure; NaN when some round did not measure it. */
export function medianOf({ runs }: Pick<Row, 'runs'>, read: (run: RunResult) => number): number {
  return median(runs.map(read));
}

/** A count; fewest–most where rounds differ, so that no round hides behind another. */
export function rangeCell({ runs }: Pick<Row, 'runs'>, read: (run: RunResult) => number): string {
  const counts = runs.map(read);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)].map(formatCount);
  return fewest === most ? `${fewest}` : `${fewest}–${most}`;
}
