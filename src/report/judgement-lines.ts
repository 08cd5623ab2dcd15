import type { RunResult } from '../domain/run-result.js';
import { faultLines } from './fault-lines.js';
import { gateLines, invariantLines, noteLines } from './findings.js';
import { colourVerdict, mark } from './marks.js';
import type { Style } from './style.js';

/** How a run is judged: what was broken on purpose, gates, invariants, the verdict and what should be known of it. */
export function judgementLines(run: RunResult, style: Style): string[] {
  const { colours } = style;
  return [
    ...faultLines(run, style),
    ...gateLines(run.gates, style),
    ...invariantLines(run.invariants, style),
    `${mark(run.verdict === 'valid', colours)} verdict ${colourVerdict(run.verdict, colours)}`,
    ...noteLines(run, style),
  ];
}
