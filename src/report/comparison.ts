import type { ChalkInstance } from 'chalk';
import { groupScenarios, type Runs, strategyLabel } from '../domain/rows.js';
import type { Report, RunResult } from '../domain/run-result.js';
import { baselineLines } from './baseline.js';
import { claimLines, warningLines } from './comparison-claims.js';
import { comparisonTable } from './comparison-columns.js';
import { checkLines, findingLines, legendLines } from './comparison-findings.js';
import { headingParts, rowsOf } from './comparison-rows.js';
import { endingLine } from './ending.js';
import { environmentLines } from './environment.js';
import { fitColumns, indent, tableLines, wrapParts } from './layout.js';
import { createStyle, narrower, type Style, type TextOptions } from './style.js';

/**
 * The answer of `compare` as text: a table for each scenario with a row for each strategy, then how to read it,
 * what is claimed and checked, warnings, what went wrong in any round, and PASSED, FAILED or INCONCLUSIVE on the last
 * line.
 */
export function renderComparison(report: Report, colours: ChalkInstance, options: TextOptions = {}): string {
  const style = createStyle(colours, options);
  const { environment, runs, comparison } = report;
  const blocks = [
    environmentLines(environment, style),
    ...groupScenarios(runs).map(([, ofScenario]) => scenarioBlock(ofScenario, report, style)),
    comparison === undefined ? [] : legendLines(comparison, style),
    comparison === undefined ? [] : claimLines(comparison, style),
    comparison === undefined ? [] : checkLines(comparison.checks, style),
    comparison === undefined ? [] : warningLines(comparison.warnings, style),
    baselineLines(report.baseline, style),
    findingLines(runs, (run) => roundName(run, style), style),
    [endingLine(report, style)],
  ];
  const filled = blocks.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n').trimEnd()).join('\n\n')}\n`;
}

function scenarioBlock(runs: Runs, { comparison }: Report, style: Style): string[] {
  const { strategies, groups } = comparisonTable(rowsOf(runs, comparison), comparison, style.colours);
  const tables = fitColumns(strategies, groups, narrower(style, 2).width);
  return [
    ...scenarioHeading(runs, style),
    ...tables.flatMap((columns) => [...indent(2, tableLines(columns)), '']),
  ];
}

function roundName(run: RunResult, { colours }: Style): string[] {
  return [run.scenario, colours.bold(strategyLabel(run)), `round ${run.round}`];
}

function scenarioHeading(runs: Runs, { colours, width }: Style): string[] {
  return wrapParts([colours.bold(runs[0].scenario), ...headingParts(runs)], ' · ', width);
}
