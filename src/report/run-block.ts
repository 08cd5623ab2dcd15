import { strategyLabel } from '../domain/rows.js';
import type { RunResult } from '../domain/run-result.js';
import { judgementLines } from './judgement-lines.js';
import { indent } from './layout.js';
import { rolloutLines } from './rollout.js';
import { costLines, latencyLines, outcomeLines, planLines } from './run-facts.js';
import { narrower, type Style } from './style.js';

/** The lines of one run: what was run, what came of it, how fast it was, and whether it is good. */
export function runBlock(run: RunResult, style: Style): string[] {
  const { colours } = style;
  const inner = narrower(style, 2);
  return [
    `${colours.bold(run.scenario)} · ${colours.bold(strategyLabel(run))}${colours.dim(` · round ${run.round}`)}`,
    ...indent(2, [
      ...planLines(run, inner),
      '',
      ...outcomeLines(run, inner),
      '',
      ...latencyLines(run, inner),
      '',
      ...costLines(run, inner),
      '',
      ...rolloutLines(run, inner),
      ...judgementLines(run, inner),
    ]),
  ];
}
