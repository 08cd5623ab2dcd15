import type { ChalkInstance } from 'chalk';
import type { Report } from '../domain/run-result.js';
import { baselineLines } from './baseline.js';
import { endingLine } from './ending.js';
import { environmentLines } from './environment.js';
import { runBlock } from './run-block.js';
import { createStyle, type TextOptions } from './style.js';

/** The answer of `run` as text: the environment, a block for each run, and PASSED or FAILED on the last line. */
export function renderRuns(report: Report, colours: ChalkInstance, options: TextOptions = {}): string {
  const style = createStyle(colours, options);
  const blocks = [
    environmentLines(report.environment, style),
    ...report.runs.map((run) => runBlock(run, style)),
    baselineLines(report.baseline, style),
    [endingLine(report, style)],
  ].filter((lines) => lines.length > 0);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
