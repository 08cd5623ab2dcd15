import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import type { Report } from '../domain/run-result.js';
import { escapeInvisible } from '../domain/wording.js';
import { suitesOf, type Case, type CaseOptions, type CaseResult, type Suite } from './cases.js';

/** How JUnit names what did not pass. */
const ELEMENT: Readonly<Record<Exclude<CaseResult, 'passed'>, string>> = {
  failed: 'failure',
  inconclusive: 'failure',
  tolerated: 'skipped',
  'not asked': 'skipped',
  broken: 'error',
};

/**
 * A report as JUnit XML, as Jenkins and GitLab read it (the schema is Jenkins' junit-10.xsd): a suite for each
 * scenario and strategy, a case for each verdict, invariant, gate and check. What XML 1.0 forbids, control characters
 * above all, is written as an escape.
 */
export function renderJunit(report: Report, options: CaseOptions): string {
  const suites = suitesOf(report, options);
  const document = create({ version: '1.0', encoding: 'UTF-8' });
  const root = document.ele('testsuites', { name: 'els-assign', ...totals(suites) });
  for (const suite of suites) addSuite(root, suite);
  return `${document.end({ prettyPrint: true })}\n`;
}

function addSuite(root: XMLBuilder, suite: Suite): void {
  const { name, cases, output } = suite;
  const skipped = count([suite], 'tolerated') + count([suite], 'not asked');
  const element = root.ele('testsuite', { name: escapeInvisible(name), ...totals([suite]), skipped });
  for (const each of cases) addCase(element, name, each);
  if (output.length > 0) element.ele('system-out').txt(textOf(output));
}

function addCase(suite: XMLBuilder, classname: string, { name, result, message, body }: Case): void {
  const element = suite.ele('testcase', {
    classname: escapeInvisible(classname),
    name: escapeInvisible(name),
  });
  if (result === 'passed') return;
  const type = result === 'inconclusive' ? { type: result } : {};
  const outcome = element.ele(ELEMENT[result], { message: escapeInvisible(message), ...type });
  if (body.length > 0) outcome.txt(textOf(body));
}

function textOf(lines: readonly string[]): string {
  return lines.map(escapeInvisible).join('\n');
}

/** Time in seconds. */
function totals(suites: readonly Suite[]) {
  const seconds = suites.reduce((sum, suite) => sum + suite.durationMs, 0) / 1_000;
  return {
    tests: suites.reduce((sum, suite) => sum + suite.cases.length, 0),
    failures: count(suites, 'failed') + count(suites, 'inconclusive'),
    errors: count(suites, 'broken'),
    time: seconds.toFixed(3),
  };
}

function count(suites: readonly Suite[], result: CaseResult): number {
  return suites.flatMap(({ cases }) => cases).filter((each) => each.result === result).length;
}
