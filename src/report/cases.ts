import { Chalk } from 'chalk';
import { groupScenarios } from '../domain/rows.js';
import type {
  ComparisonCheck,
  GateResult,
  InvariantResult,
  Report,
  RunResult,
  Verdict,
} from '../domain/run-result.js';
import { rowName } from '../domain/wording.js';
import { rowsOf } from './comparison-rows.js';
import { violatedLines } from './findings.js';
import { runBlock } from './run-block.js';
import { createStyle } from './style.js';

/** How reports for CI are made. */
export interface CaseOptions {
  /** Whether what is unknown or inconclusive passes. */
  readonly allowInconclusive: boolean;
}

/** `tolerated`: inconclusive, and that is allowed. `broken`: it could not be done. */
export type CaseResult = 'passed' | 'failed' | 'tolerated' | 'broken';

/** One thing that had to hold. */
export interface Case {
  readonly name: string;
  readonly result: CaseResult;
  /** One line: what was observed, or why it did not hold. */
  readonly message: string;
  /** What proves it. */
  readonly body: readonly string[];
}

/** What had to hold of one scenario under one strategy, over all its runs. */
export interface Suite {
  readonly name: string;
  readonly durationMs: number;
  readonly cases: readonly Case[];
  /** The runs as the terminal shows them. */
  readonly output: readonly string[];
}

const PLAIN = createStyle(new Chalk({ level: 0 }), {});

/**
 * A report as test cases, a suite for each scenario and strategy with or without advisory locks, then the
 * checks and what ended the work early. A report passes exactly where every case passed or is tolerated.
 */
export function suitesOf(report: Report, options: CaseOptions): Suite[] {
  const { runs, comparison, sweep, baseline } = report;
  const steps = new Map(runs.map((run, position) => [run, sweep?.steps[position]?.value]));
  const whichOf = (run: RunResult, all: readonly RunResult[]): string => {
    if (sweep !== undefined) return ` (${sweep.parameter} ${steps.get(run)})`;
    return all.length > 1 ? ` (round ${run.round})` : '';
  };
  const suites = groupScenarios(runs).flatMap(([, ofScenario]) =>
    rowsOf(ofScenario, comparison?.baseline).map((row) => ({
      name: rowName(row),
      durationMs: row.runs.reduce((sum, run) => sum + run.durationMs, 0),
      cases: row.runs.flatMap((run) => casesOf(run, whichOf(run, row.runs), options)),
      output: row.runs.flatMap((run) => [...runBlock(run, PLAIN), '']),
    })),
  );
  const checks = (comparison?.checks ?? []).map((check) => checkCase(check, options));
  const regressions = (baseline?.checks ?? []).map((check) => checkCase(check, options));
  return [
    ...suites,
    ...suiteOf('comparison', checks),
    ...suiteOf('baseline', regressions),
    ...suiteOf('els-assign', endCases(report)),
  ];
}

function suiteOf(name: string, cases: readonly Case[]): Suite[] {
  return cases.length === 0 ? [] : [{ name, durationMs: 0, cases, output: [] }];
}

function casesOf(run: RunResult, which: string, options: CaseOptions): Case[] {
  return [verdictCase(run, options), ...run.invariants.map(invariantCase), ...run.gates.map(gateCase)].map(
    (each) => ({ ...each, name: `${each.name}${which}` }),
  );
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
      return allowInconclusive ? 'tolerated' : 'failed';
  }
}

function invariantCase(invariant: InvariantResult): Case {
  const { name, passed } = invariant;
  return passed
    ? { name, result: 'passed', message: `${name} holds`, body: [] }
    : { name, result: 'failed', message: `${name} is violated`, body: violatedLines(invariant, PLAIN) };
}

function gateCase({ expression, observed, passed }: GateResult): Case {
  return { name: expression, result: passed ? 'passed' : 'failed', message: observed, body: [] };
}

function checkCase({ name, result, observed }: ComparisonCheck, { allowInconclusive }: CaseOptions): Case {
  if (result !== 'inconclusive') return { name, result, message: observed, body: [] };
  const message = `inconclusive: ${observed}`;
  return { name, result: allowInconclusive ? 'tolerated' : 'failed', message, body: [] };
}

function endCases({ failure, interrupted }: Report): Case[] {
  const reasons = [
    ...(failure === undefined ? [] : [`${failure.code}: ${failure.message}`]),
    ...(interrupted === undefined ? [] : [`stopped by ${interrupted}; the results are partial`]),
  ];
  return reasons.map((message) => ({ name: 'every run was made', result: 'broken', message, body: [] }));
}
