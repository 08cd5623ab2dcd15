import { describe, expect, it } from 'vitest';
import { renderJunit } from '#els/report/junit.js';
import type { Report } from '#els/domain/run-result.js';
import { elementsOf, parseXml, type XmlElement } from '../support/xml.js';
import { failingReport, HOSTILE } from './failing.js';
import { createSampler, reportOf } from './sample.js';

const junitOf = (report: Report, allowInconclusive = false): XmlElement =>
  parseXml(renderJunit(report, { allowInconclusive }));

/** The cases that have an element of this name in them: `suite: case: message`. */
function told(root: XmlElement, element: string): string[] {
  return elementsOf(root, 'testcase').flatMap(({ attributes, children }) =>
    children
      .filter(({ name }) => name === element)
      .map((each) => `${attributes['classname']}: ${attributes['name']}: ${each.attributes['message']}`),
  );
}

/** What a file shows of the hostile text: XML forbids its control characters and the half of a pair. */
const SHOWN = 'a|b <b>`x`</b> ]]> & **c** \\u0000\\u001b[2J\\ud800 \\u000d\\u000a::error::% $d$ </pre>';

describe('renderJunit', () => {
  it('has a suite for each scenario and strategy, and a case for each thing that had to hold', () => {
    const { run } = createSampler();
    const root = junitOf(reportOf([run(), run({ advisoryLocks: true }), run({ scenario: 'overflow' })]));
    const suites = elementsOf(root, 'testsuite');
    expect(suites.map(({ attributes }) => attributes['name'])).toEqual([
      'high-concurrency · cte',
      'high-concurrency · cte + locks',
      'overflow · cte',
      'els-assign',
    ]);
    const [end] = suites.splice(3);
    expect(elementsOf(end!, 'testcase').map(({ attributes }) => attributes['name'])).toEqual([
      'every run was made',
    ]);
    expect(elementsOf(end!, 'system-out')[0]?.text).toMatch(
      /^PASSED {2}verdict valid · 3 runs\nPostgreSQL 18/,
    );
    for (const suite of suites) {
      expect(elementsOf(suite, 'testcase').map(({ attributes }) => attributes['name'])).toEqual([
        'verdict',
        'one_created_per_content',
        'no_essay_given_twice',
        'p95 < 500ms',
      ]);
      expect(suite.attributes).toMatchObject({ tests: '4', failures: '0', errors: '0', skipped: '0' });
      expect(elementsOf(suite, 'system-out')[0]?.text).toContain('success');
    }
    expect(root.attributes).toMatchObject({ tests: '13', failures: '0', errors: '0' });
  });

  it('tells the rounds and the steps of a sweep apart, and gives a suite the time of all', () => {
    const { run } = createSampler();
    const runs = [run({ durationMs: 1_250 }), run({ round: 2, durationMs: 250 })];
    const root = junitOf(reportOf(runs));
    const names = elementsOf(root, 'testcase').map(({ attributes }) => attributes['name']);
    expect(names).toContain('verdict (round 1)');
    expect(names).toContain('p95 < 500ms (round 2)');
    expect(new Set(names).size).toBe(9);
    expect(elementsOf(root, 'testsuite')[0]?.attributes['time']).toBe('1.500');

    const step = { throughputPerSecond: 1, p95Micros: 1, clientSaturated: null };
    const steps = [4, 8].map((value) => ({ value, ...step }));
    const answer = { knee: null, clientSaturatedFrom: null, clientUnsaturatedFrom: null };
    const sweep = { parameter: 'slots', steps, ...answer } as const;
    const swept = elementsOf(junitOf(reportOf(runs, { sweep })), 'testcase');
    expect(swept.map(({ attributes }) => attributes['name'])).toContain('verdict (slots 8)');
  });

  it('names what failed, with its witnesses in the body', () => {
    const root = junitOf(failingReport());
    const suite = `high-concurrency · ${SHOWN}`;
    expect(told(root, 'failure')).toEqual([
      'high-concurrency · cte + locks: p95 < 1ms * 1: p95 = 2ms',
      'high-concurrency · inventory: verdict: verdict unknown; a fault struck nothing',
      `${suite}: verdict: verdict invalid`,
      `${suite}: no-essay-given-twice: no-essay-given-twice is violated`,
      'comparison: cte.p95 < 1ms (sustained): cte.p95 = 2ms',
      'comparison: cte.p50 < 1ms (sustained): inconclusive: no round',
    ]);
    const [violated] = elementsOf(root, 'failure').filter(({ text }) => text !== '');
    expect(violated?.text).toContain('essay_id=essay-7');
    expect(violated?.text).toContain('a|b <b>`x`</b> ]]> & **c**');
    expect(root.attributes).toMatchObject({ failures: '6', errors: '0' });
  });

  it('is well-formed whatever a message says', () => {
    const { run } = createSampler();
    const gates = [{ expression: 'p95 < 1ms', observed: HOSTILE, passed: false }];
    expect(told(junitOf(reportOf([run({ passed: false, gates })])), 'failure')).toEqual([
      `high-concurrency · cte: p95 < 1ms: ${SHOWN}`,
    ]);
  });

  it('skips what is inconclusive where that is allowed', () => {
    const root = junitOf(failingReport(), true);
    expect(told(root, 'skipped')).toEqual([
      'high-concurrency · inventory: verdict: verdict unknown; a fault struck nothing',
      'comparison: cte.p50 < 1ms (sustained): inconclusive: no round',
    ]);
    expect(root.attributes).toMatchObject({ failures: '4' });
  });

  it('has an error for what ended the work early', () => {
    const failure = { code: 'worker_died', message: 'worker 2 died' };
    const root = junitOf(reportOf([], { failure, interrupted: 'SIGINT', passed: false }));
    expect(told(root, 'error')).toEqual([
      'els-assign: every run was made: worker_died: worker 2 died',
      'els-assign: every run was made: stopped by SIGINT; the results are partial',
    ]);
    expect(root.attributes).toMatchObject({ tests: '2', errors: '2' });
  });
});
