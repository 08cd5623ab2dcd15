import { Chalk } from 'chalk';
import { groupScenarios, type Runs, rowName } from '../domain/rows.js';
import type { Comparison, Report, RunResult } from '../domain/run-result.js';
import type { Sweep } from '../domain/sweep.js';
import { baselineHeading } from './baseline.js';
import {
  baselineSuites,
  comparisonSuites,
  endSuite,
  runSuites,
  type Case,
  type CaseOptions,
  type Suite,
} from './cases.js';
import { claimsHeading, claimTexts } from './comparison-claims.js';
import { comparisonTable } from './comparison-columns.js';
import { legendLines } from './comparison-findings.js';
import { headingParts, rowsOf } from './comparison-rows.js';
import { endingLine } from './ending.js';
import { environmentLines } from './environment.js';
import { remarksOf } from './findings.js';
import { escapeMarkdown, markdownDetails, markdownTable } from './markdown-text.js';
import { phaseTable, summaryText, switchTable } from './rollout-tables.js';
import { createStyle } from './style.js';
import { sweepAnswers } from './sweep-answers.js';
import { sweepTable } from './sweep-columns.js';
import { shapeParts } from './sweep-shape.js';

const COLOURS = new Chalk({ level: 0 });
/** Markdown breaks its lines itself. */
const STYLE = createStyle(COLOURS, { width: Infinity });

const SIGNS = {
  failed: '✗',
  inconclusive: '?',
  tolerated: '?',
  broken: '✗',
  passed: '✓',
  'not asked': '–',
} as const;

/** A report as Markdown: the verdict, a table for each scenario, the checks, and what failed with its witnesses. */
export function renderMarkdown(report: Report, options: CaseOptions): string {
  return `${markdownBlocks(report, options).join('\n\n')}\n`;
}

/** The blocks of `renderMarkdown`, each of them whole without the others, the most important first. */
export function markdownBlocks(report: Report, options: CaseOptions): string[] {
  const { environment, runs, comparison, sweep, rollout, baseline } = report;
  return [
    `## els-assign: ${escapeMarkdown(endingLine(report, STYLE))}`,
    environmentLines(environment, STYLE).map(escapeMarkdown).join('<br>\n'),
    ...(sweep === undefined ? tableBlocks(report) : sweepBlocks(sweep, runs)),
    ...(rollout === undefined ? [] : [escapeMarkdown(summaryText(rollout))]),
    ...runs.flatMap(rolloutBlocks),
    ...(comparison === undefined ? [] : comparisonBlocks(comparison)),
    ...comparisonSuites(report, options).flatMap(suiteBlocks),
    ...(baseline === undefined ? [] : [escapeMarkdown(baselineHeading(baseline))]),
    ...baselineSuites(report, options).flatMap(suiteBlocks),
    ...listBlock(
      endSuite(report)
        .cases.filter(({ result }) => result !== 'passed' && result !== 'not asked')
        .map(caseText),
    ),
    ...findingBlocks(report, options),
    ...noteBlocks(runs),
    ...(comparison === undefined && sweep === undefined ? fullBlocks(report, options) : []),
  ];
}

function tableBlocks({ runs, comparison }: Report): string[] {
  return groupScenarios(runs).flatMap(([scenario, ofScenario]) => {
    const table = comparisonTable(rowsOf(ofScenario, comparison), comparison, COLOURS);
    // Verdict and gates first: they say whether the figures count.
    const columns = [table.strategies, ...table.groups.flat().reverse().slice(0, 2)];
    const others = table.groups.flat().slice(0, -2);
    return [heading(scenario, ofScenario), markdownTable([...columns, ...others])];
  });
}

function heading(scenario: string, runs: Runs): string {
  return `### ${escapeMarkdown(scenario)}\n\n${escapeMarkdown(headingParts(runs).join(' · '))}`;
}

function sweepBlocks(sweep: Sweep, runs: readonly RunResult[]): string[] {
  const [first] = runs;
  if (first === undefined) return [];
  const { values, groups } = sweepTable(sweep, runs, COLOURS);
  const name = `${rowName(first)} · sweep of ${sweep.parameter}`;
  return [
    `### ${escapeMarkdown(name)}\n\n${escapeMarkdown(shapeParts(runs).join(' · '))}`,
    markdownTable([values, ...groups.flat()]),
    sweepAnswers(sweep, runs)
      .map(([label, text]) => escapeMarkdown(`${label}: ${text}`))
      .join('<br>\n'),
  ];
}

/** The phases of a run and its switches. */
function rolloutBlocks(run: RunResult): string[] {
  if (run.rollout === undefined) return [];
  const { phases, switches } = run.rollout;
  const name = `${rowName(run)} · round ${run.round}: rollout`;
  const tables = [phaseTable(phases), ...(switches.length === 0 ? [] : [switchTable(switches)])];
  return [`### ${escapeMarkdown(name)}`, ...tables.map(markdownTable)];
}

/** How to read the ratios, and what is claimed. */
function comparisonBlocks(comparison: Comparison): string[] {
  const claims = claimTexts(comparison).map(escapeMarkdown);
  return [
    legendLines(comparison, STYLE).map(escapeMarkdown).join('<br>\n'),
    ...(claims.length === 0 ? [] : [escapeMarkdown(claimsHeading(comparison)), ...listBlock(claims)]),
  ];
}

/** Every case, those that passed too, and what makes them doubtful. */
function suiteBlocks({ cases, warnings }: Suite): string[] {
  return listBlock([...cases.map(caseText), ...warnings.map((warning) => `! ${escapeMarkdown(warning)}`)]);
}

function listBlock(items: readonly string[]): string[] {
  return items.length === 0 ? [] : [items.map((item) => `- ${item}`).join('\n')];
}

function caseText({ name, result, message }: Case): string {
  return `${SIGNS[result]} **${escapeMarkdown(name)}** ${escapeMarkdown(message)}`;
}

/** What did not pass in any run. */
function findingBlocks(report: Report, options: CaseOptions): string[] {
  const findings = runSuites(report, options).flatMap(({ name, cases }) =>
    cases
      .filter(({ result }) => result !== 'passed' && result !== 'not asked')
      .flatMap((each) => findingBlock(name, each)),
  );
  return findings.length === 0 ? [] : ['### What did not hold', ...findings];
}

/** Every run as the terminal shows it, where it shows each by itself. */
function fullBlocks(report: Report, options: CaseOptions): string[] {
  return runSuites(report, options).map(({ name, output }) => markdownDetails(`${name} in full`, output));
}

function findingBlock(suite: string, found: Case): string[] {
  const text = `${escapeMarkdown(suite)}: ${caseText(found)}`;
  return [found.body.length === 0 ? text : `${text}\n\n${markdownDetails('what proves it', found.body)}`];
}

function noteBlocks(runs: readonly RunResult[]): string[] {
  const notes = runs.flatMap((run) =>
    remarksOf(run).map((note) => `- ${escapeMarkdown(`${rowName(run)}: ${note}`)}`),
  );
  return notes.length === 0 ? [] : ['### Notes', [...new Set(notes)].join('\n')];
}
