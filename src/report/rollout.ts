import type { ChalkInstance } from 'chalk';
import type { Report, RunResult } from '../domain/run-result.js';
import { endingLine } from './ending.js';
import { environmentLines } from './environment.js';
import { judgementLines } from './judgement-lines.js';
import { indent, tableLines, wrapWords, type Column } from './layout.js';
import { phaseTable, summaryText, switchTable } from './rollout-tables.js';
import { planLines } from './run-facts.js';
import { createStyle, narrower, type Style, type TextOptions } from './style.js';

/**
 * The answer of `compare --rollout` as text: of each run its phases, its switches and its verdict; then the longest
 * pause, and PASSED or FAILED on the last line.
 */
export function renderRollouts(report: Report, colours: ChalkInstance, options: TextOptions = {}): string {
  const style = createStyle(colours, options);
  const blocks = [
    environmentLines(report.environment, style),
    ...report.runs.map((run) => rolloutBlock(run, style)),
    report.rollout === undefined ? [] : wrapWords(summaryText(report.rollout), style.width),
    [endingLine(report, style)],
  ].filter((lines) => lines.length > 0);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The phases of a run and its switches; none where it had no rollout. */
export function rolloutLines({ rollout }: RunResult, { colours }: Style): string[] {
  if (rollout === undefined) return [];
  const dimmed = ({ head, cells }: Column): Column => ({ head: colours.dim(head), cells });
  const { phases, switches } = rollout;
  const switched = switches.length === 0 ? [] : ['', ...tableLines(switchTable(switches).map(dimmed))];
  return [...tableLines(phaseTable(phases).map(dimmed)), ...switched, ''];
}

function rolloutBlock(run: RunResult, style: Style): string[] {
  const { colours } = style;
  const inner = narrower(style, 2);
  return [
    `${colours.bold(run.scenario)}${colours.dim(` · round ${run.round}`)}`,
    ...indent(2, [...planLines(run, inner), '', ...rolloutLines(run, inner), ...judgementLines(run, inner)]),
  ];
}
