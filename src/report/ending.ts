import type { Report } from '../domain/run-result.js';
import { plural } from './format.js';
import { colourVerdict } from './marks.js';
import type { Style } from './style.js';

/** The last line of a report: PASSED or FAILED, the verdict, and what it rests on. */
export function endingLine(report: Report, { colours }: Style): string {
  const failed = report.runs.filter((run) => !run.passed).length;
  const word = report.passed ? colours.green.bold('PASSED') : colours.red.bold('FAILED');
  const parts = [`verdict ${colourVerdict(report.verdict, colours)}`, plural(report.runs.length, 'run')];
  if (failed > 0) {
    parts.push(`${failed} failed`);
  }
  if (report.interrupted !== undefined) {
    parts.push(`interrupted by ${report.interrupted}: results are partial`);
  }
  return `${word}  ${parts.join(' · ')}`;
}
