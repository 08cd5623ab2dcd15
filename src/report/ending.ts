import type { ChalkInstance } from 'chalk';
import type { Report } from '../domain/run-result.js';
import { checksOf } from './checks.js';
import { plural } from './format.js';
import { colourVerdict } from './marks.js';
import type { Style } from './style.js';

/** The last line of a report: PASSED, FAILED or INCONCLUSIVE, the verdict, and what it rests on. */
export function endingLine(report: Report, { colours }: Style): string {
  const failed = report.runs.filter((run) => !run.passed).length;
  const parts = [`verdict ${colourVerdict(report.verdict, colours)}`, plural(report.runs.length, 'run')];
  if (failed > 0) {
    parts.push(`${failed} failed`);
  }
  if (report.interrupted !== undefined) {
    parts.push(`interrupted by ${report.interrupted}: results are partial`);
  }
  return `${endingWord(report, colours)}  ${parts.join(' · ')}`;
}

function endingWord(report: Report, colours: ChalkInstance): string {
  if (report.passed) return colours.green.bold('PASSED');
  return lacksEvidenceAlone(report) ? colours.yellow.bold('INCONCLUSIVE') : colours.red.bold('FAILED');
}

/** Whether all that keeps a report from passing is a check that could not be decided. */
function lacksEvidenceAlone(report: Report): boolean {
  const { runs, interrupted, failure } = report;
  const results = new Set(checksOf(report).map(({ result }) => result));
  const complete = interrupted === undefined && failure === undefined;
  return complete && runs.every((run) => run.passed) && results.has('inconclusive') && !results.has('failed');
}
