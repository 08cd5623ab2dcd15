import { escapeInvisible } from '../base/wording.js';
import type { Report } from '../domain/run-result.js';
import { suitesOf, type Case, type CaseOptions, type CaseResult, type Suite } from './cases.js';
import { renderXml, type XmlElement } from './xml.js';

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
  return renderXml({
    name: 'testsuites',
    attributes: { name: 'els-assign', ...totals(suites) },
    content: suites.map(suiteElement),
  });
}

function suiteElement(suite: Suite): XmlElement {
  const { name, cases, output } = suite;
  const skipped = count([suite], 'tolerated') + count([suite], 'not asked');
  return {
    name: 'testsuite',
    attributes: { name: escapeInvisible(name), ...totals([suite]), skipped },
    content: [...cases.map((each) => caseElement(name, each)), ...outputOf(output)],
  };
}

function caseElement(classname: string, { name, result, message, body }: Case): XmlElement {
  const attributes = { classname: escapeInvisible(classname), name: escapeInvisible(name) };
  if (result === 'passed') return { name: 'testcase', attributes, content: [] };
  const type = result === 'inconclusive' ? { type: result } : {};
  const outcome: XmlElement = {
    name: ELEMENT[result],
    attributes: { message: escapeInvisible(message), ...type },
    content: textOf(body),
  };
  return { name: 'testcase', attributes, content: [outcome] };
}

function outputOf(lines: readonly string[]): XmlElement[] {
  return lines.length === 0 ? [] : [{ name: 'system-out', attributes: {}, content: textOf(lines) }];
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
