import { Chalk } from 'chalk';
import { groupScenarios, rowName } from '../domain/rows.js';
import type {
  ComparisonCheck,
  GateResult,
  InvariantResult,
  NotAsked,
  Report,
  RunResult,
  Verdict,
} from '../domain/run-result.js';
import { baselineLines } from './baseline.js';
import { claimLines, warningLines } from './comparison-claims.js';
import { checkLines } from './comparison-findings.js';
import { rowsOf } from './comparison-rows.js';
import { endingLine } from './ending.js';
import { environmentLines } from './environment.js';
import { violatedLines, violationText } from './findings.js';
import { summaryText } from './rollout-tables.js';
import { runBlock } from './run-block.js';
import { createStyle } from './style.js';
import { sweepAnswers } from './sweep-answers.js';

/** How reports for CI are made. */
export interface CaseOptions {
  /** Whether what is unknown or inconclusive passes. */
  readonly allowInconclusive: boolean;
}

/**
 * `tolerated`: unknown or inconclusive, and that is allowed. `broken`: it could not be done. `not asked`: there is
 * nothing to judge it by.
 */
export type CaseResult = 'passed' | 'failed' | 'inconclusive' | 'tolerated' | 'broken' | 'not asked';

/** One thing that had to hold. */
export interface Case {
  readonly name: string;
  readonly result: CaseResult;
  /** One line: what was observed, or why it did not hold. */
  readonly message: string;
  /** What proves it. */
  readonly body: readonly string[];
}

/** What had to hold of one scenario under one strategy, over all its runs, or of all runs together. */
export interface Suite {
  readonly name: string;
  readonly durationMs: number;
  readonly cases: readonly Case[];
  /** What makes its figures doubtful, one line each. */
  readonly warnings: readonly string[];
  /** What the terminal shows of it. */
  readonly output: readonly string[];
}

const PLAIN = createStyle(new Chalk({ level: 0 }), {});

/**
 * A report as test cases, a suite for each scenario and strategy with or without advisory locks, then the
 * checks, and whether the work was done. A report passes exactly where every case passed, is
 * tolerated or was not asked.
 */
export function suitesOf(report: Report, options: CaseOptions): Suite[] {
  return [
    ...runSuites(report, options),
    ...comparisonSuites(report, options),
    ...baselineSuites(report, options),
    endSuite(report),
  ];
}

/** Of each scenario and strategy. */
export function runSuites({ runs, comparison, sweep }: Report, options: CaseOptions): Suite[] {
  const steps = new Map(runs.map((run, position) => [run, sweep?.steps[position]?.value]));
  const whichOf = (run: RunResult, all: readonly RunResult[]): string => {
    if (sweep !== undefined) return ` (${sweep.parameter} ${steps.get(run)})`;
    return all.length > 1 ? ` (round ${run.round})` : '';
  };
  return groupScenarios(runs).flatMap(([, ofScenario]) =>
    rowsOf(ofScenario, comparison).map((row) => ({
      name: rowName(row),
      durationMs: row.runs.reduce((sum, run) => sum + run.durationMs, 0),
      cases: row.runs.flatMap((run) => casesOf(run, whichOf(run, row.runs), options)),
      warnings: [],
      output: row.runs.flatMap((run) => [...runBlock(run, PLAIN), '']),
    })),
  );
}

/** Of the strategies against each other; none where they were not compared. */
export function comparisonSuites({ comparison }: Report, options: CaseOptions): Suite[] {
  if (comparison === undefined) return [];
  const { checks, warnings } = comparison;
  const output = [
    ...claimLines(comparison, PLAIN),
    ...checkLines(checks, PLAIN),
    ...warningLines(warnings, PLAIN),
  ];
  const cases = checks.map((check) => checkCase(check, options));
  return output.length === 0 ? [] : [{ name: 'comparison', durationMs: 0, cases, warnings, output }];
}

/** Of all runs against an earlier result, where there is one. */
export function baselineSuites({ baseline }: Report, options: CaseOptions): Suite[] {
  if (baseline === undefined) return [];
  const { checks, warnings } = baseline;
  const cases = checks.map((check) => checkCase(check, options));
  return [{ name: 'baseline', durationMs: 0, cases, warnings, output: baselineLines(baseline, PLAIN) }];
}

/** Of the work as a whole: whether it was done, how the report ends, and where it was measured. */
export function endSuite(report: Report): Suite {
  const { environment, runs, sweep, rollout } = report;
  const answers =
    sweep === undefined ? [] : sweepAnswers(sweep, runs).map(([label, text]) => `${label}: ${text}`);
  const pauses = rollout === undefined ? [] : [summaryText(rollout)];
  const output = [endingLine(report, PLAIN), ...environmentLines(environment, PLAIN), ...answers, ...pauses];
  return { name: 'els-assign', durationMs: 0, cases: endCases(report), warnings: [], output };
}

function casesOf(run: RunResult, which: string, options: CaseOptions): Case[] {
  const cases = [
    verdictCase(run, options),
    ...run.invariants.map(invariantCase),
    ...run.notAsked.map(notAskedCase),
    ...run.gates.map(gateCase),
  ];
  return cases.map((each) => ({ ...each, name: `${each.name}${which}` }));
}

function verdictCase({ verdict, notes }: RunResult, options: CaseOptions): Case {
  const message = [`verdict ${verdict}`, ...notes].join('; ');
  return { name: 'verdict', result: verdictResult(verdict, options), message, body: [] };
}

function verdictResult(verdict: Verdict, { allowInconclusive }: CaseOptions): CaseResult {
  switch (verdict) {
    case 'valid':
      return 'passed';
    case 'invalid':
      return 'failed';
    case 'unknown':
      return allowInconclusive ? 'tolerated' : 'inconclusive';
  }
}

function invariantCase(invariant: InvariantResult): Case {
  const { name, passed, excused } = invariant;
  if (passed) return { name, result: 'passed', message: `${name} holds`, body: [] };
  // The verdict's own case fails for what is not known.
  const result = excused ? 'tolerated' : 'failed';
  return { name, result, message: violationText(invariant), body: violatedLines(invariant, PLAIN) };
}

/** An invariant may be asked of a part: what it was not asked is a case of its own. */
function notAskedCase({ name, reason }: NotAsked): Case {
  return { name: `${name}: not asked`, result: 'not asked', message: reason, body: [] };
}

function gateCase({ expression, observed, passed }: GateResult): Case {
  return { name: expression, result: passed ? 'passed' : 'failed', message: observed, body: [] };
}

function checkCase({ name, result, observed }: ComparisonCheck, { allowInconclusive }: CaseOptions): Case {
  if (result !== 'inconclusive') return { name, result, message: observed, body: [] };
  const message = `inconclusive: ${observed}`;
  return { name, result: allowInconclusive ? 'tolerated' : 'inconclusive', message, body: [] };
}

function endCases({ failure, interrupted }: Report): Case[] {
  const name = 'every run was made';
  const reasons = [
    ...(failure === undefined ? [] : [`${failure.code}: ${failure.message}`]),
    ...(interrupted === undefined ? [] : [`stopped by ${interrupted}; the results are partial`]),
  ];
  return reasons.length === 0
    ? [{ name, result: 'passed', message: name, body: [] }]
    : reasons.map((message) => ({ name, result: 'broken', message, body: [] }));
}
