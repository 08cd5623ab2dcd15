import type { ChalkInstance } from 'chalk';
import { strategyLabel } from '../domain/rows.js';
import type { Report, RunResult } from '../domain/run-result.js';
import type { Sweep } from '../domain/sweep.js';
import { findingLines } from './comparison-findings.js';
import { endingLine } from './ending.js';
import { environmentLines } from './environment.js';
import { fitColumns, hang, indent, tableLines, wrapParts, wrapWords } from './layout.js';
import { createStyle, narrower, type Style, type TextOptions } from './style.js';
import { sweepAnswers } from './sweep-answers.js';
import { sweepTable } from './sweep-columns.js';
import { shapeParts } from './sweep-shape.js';

/**
 * The answer of `run --sweep` as text: a table with a row for each step, where the knee is, where the load generator
 * was the bottleneck, what went wrong at any step, and PASSED or FAILED on the last line.
 */
export function renderSweep(report: Report, colours: ChalkInstance, options: TextOptions = {}): string {
  const style = createStyle(colours, options);
  const { environment, runs, sweep } = report;
  const blocks = [
    environmentLines(environment, style),
    ...(sweep === undefined ? [] : sweepBlocks(sweep, runs, style)),
    [endingLine(report, style)],
  ];
  const filled = blocks.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function sweepBlocks(sweep: Sweep, runs: readonly RunResult[], style: Style): string[][] {
  const values = new Map(runs.map((run, position) => [run, sweep.steps[position]?.value]));
  const nameOf = (run: RunResult) => [style.colours.bold(`${sweep.parameter} ${values.get(run)}`)];
  return [
    [...heading(sweep, runs, style), ...table(sweep, runs, style)],
    answerLines(sweep, runs, style),
    findingLines(runs, nameOf, style),
  ];
}

function table(sweep: Sweep, runs: readonly RunResult[], { colours, width }: Style): string[] {
  const { values, groups } = sweepTable(sweep, runs, colours);
  const tables = fitColumns(values, groups, width - 2).map((columns) => indent(2, tableLines(columns)));
  return tables.flatMap((lines, position) => (position === 0 ? lines : ['', ...lines]));
}

function heading(sweep: Sweep, runs: readonly RunResult[], style: Style): string[] {
  const { colours, width } = style;
  const [first] = runs;
  if (first === undefined) return [];
  const name = [
    colours.bold(first.scenario),
    colours.bold(strategyLabel(first)),
    `sweep of ${sweep.parameter}`,
  ];
  const shape = wrapParts(shapeParts(runs), ' · ', narrower(style, 2).width);
  return [
    wrapParts(name, ' · ', width).join('\n'),
    ...indent(
      2,
      shape.map((line) => colours.dim(line)),
    ),
    '',
  ];
}

function answerLines(sweep: Sweep, runs: readonly RunResult[], { width }: Style): string[] {
  return sweepAnswers(sweep, runs).flatMap(([label, text]) =>
    hang(`${label}  `, wrapWords(text, width - label.length - 2)),
  );
}
