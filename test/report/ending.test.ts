import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { ComparisonCheck, Report, RunResult } from '#els/domain/run-result.js';
import { renderComparison } from '#els/report/comparison.js';
import { annotationLines } from '#els/report/github.js';
import { renderHtml } from '#els/report/html/page.js';
import { renderJunit } from '#els/report/junit.js';
import { renderMarkdown } from '#els/report/markdown.js';
import { renderSweep } from '#els/report/sweep.js';
import { renderRuns } from '#els/report/terminal.js';
import { renderVerification } from '#els/report/verification.js';
import { elementsOf, parseXml } from '../support/xml.js';
import { COMPARISON } from './failing.js';
import { createSampler, reportOf } from './sample.js';

const PLAIN = new Chalk({ level: 0 });
const UNDECIDED: ComparisonCheck = { name: 'inventory beats cte', result: 'inconclusive', observed: 'noise' };

/** The ending word of every kind of report, and whether CI is told that something is wrong. */
function endings(report: Report, allowInconclusive: boolean) {
  const options = { allowInconclusive };
  const html = renderHtml(report, { name: 'els-assign', version: '1' }, new Date(0));
  const junit = parseXml(renderJunit(report, options));
  const [end] = elementsOf(junit, 'testsuite').filter(
    ({ attributes }) => attributes['name'] === 'els-assign',
  );
  const lastLines = [renderRuns, renderComparison, renderSweep].map((render) =>
    render(report, PLAIN).trimEnd().split('\n').at(-1),
  );
  const texts = [
    ...lastLines,
    /^## els-assign: (.*)/.exec(renderMarkdown(report, options))?.[1],
    /<title>els-assign \w+: (.*)<\/title>/.exec(html)?.[1],
    /<p class="verdict \w+">([^<]*)/.exec(html)?.[1],
    end && elementsOf(end, 'system-out')[0]?.text,
  ];
  const colour = /<p class="verdict (\w+)">/.exec(html)?.[1];
  const { failures, errors } = junit.attributes;
  const annotations = annotationLines(report, options);
  return {
    words: [...new Set(texts.map((text) => /^[A-Z]+/.exec(text ?? '')?.[0]))],
    colour,
    junitIsRed: Number(failures) + Number(errors) > 0,
    githubIsRed: annotations.some((line) => line.startsWith('::error ')),
    doubt: annotations.filter((line) => /inconclusive|unknown/.test(line)).length,
    lastLine: lastLines[0],
    html,
  };
}

const good = (): RunResult[] => [createSampler().run()];
const unknown = (overrides: Partial<RunResult> = {}): RunResult[] => [
  createSampler().run({ verdict: 'unknown', passed: false, notes: ['stopped'], ...overrides }),
];
const checked = (...checks: ComparisonCheck[]): Partial<Report> => ({
  comparison: { ...COMPARISON, checks },
});

const PASSED = { words: ['PASSED'], colour: 'valid', junitIsRed: false, githubIsRed: false };
const INCONCLUSIVE = { words: ['INCONCLUSIVE'], colour: 'unknown', junitIsRed: true, githubIsRed: true };
const FAILED = { words: ['FAILED'], colour: 'invalid', junitIsRed: true, githubIsRed: true };

describe('every report ends with the same word', () => {
  const doubts: [name: string, runs: () => RunResult[], Partial<Report>, doubt: string][] = [
    ['an undecided check', good, checked(UNDECIDED), '1 check inconclusive'],
    [
      'an undecided check against a baseline',
      good,
      { baseline: { measuredAt: 'then', checks: [UNDECIDED], warnings: [] } },
      '1 check inconclusive',
    ],
    ['an unknown verdict', unknown, { verdict: 'unknown' }, '1 unknown'],
  ];
  it.each(doubts)('%s alone is inconclusive, and where allowed a pass that keeps the doubt', (...each) => {
    const [, runs, overrides, doubt] = each;
    const strict = endings(reportOf(runs(), { passed: false, ...overrides }), false);
    expect(strict).toMatchObject({ ...INCONCLUSIVE, doubt: 1 });
    const allowed = endings(reportOf(runs(), { ...overrides, passed: true }), true);
    expect(allowed).toMatchObject({ ...PASSED, doubt: 1 });
    for (const { lastLine, html } of [strict, allowed]) {
      expect(lastLine).toContain(doubt);
      expect(html).not.toMatch(/FAILED|What went wrong/);
      expect(html).toMatch(/What is not known|\? inventory beats cte/);
    }
  });

  const gates = [{ expression: 'p95 < 1ms', observed: 'p95 = 2ms', passed: false }];
  const bad: [name: string, runs: () => RunResult[], Partial<Report>][] = [
    ['a failed gate of a run that is unknown', () => unknown({ gates }), { verdict: 'unknown' }],
    [
      'an unknown verdict beside a failed check',
      unknown,
      { verdict: 'unknown', ...checked(UNDECIDED, { ...UNDECIDED, result: 'failed' }) },
    ],
    ['an interruption', good, { interrupted: 'SIGINT' }],
    ['a failure of the surroundings', good, { failure: { code: 'worker_died', message: 'worker 2 died' } }],
  ];
  it.each(bad)('%s is no pass, allowed or not', (_, runs, overrides) => {
    const report = reportOf(runs(), { ...overrides, passed: false });
    for (const allowed of [false, true]) expect(endings(report, allowed)).toMatchObject(FAILED);
  });

  it('nothing wrong passes', () => {
    for (const allowed of [false, true]) expect(endings(reportOf(good()), allowed)).toMatchObject(PASSED);
  });

  it('an interruption is in the title of the page too', () => {
    const { html } = endings(reportOf(good(), { interrupted: 'SIGTERM', passed: false }), false);
    expect(html).toMatch(/<title>[^<]*FAILED, interrupted by SIGTERM: results are partial<\/title>/);
  });

  it('of verify too', () => {
    const lastLine = (verdict: RunResult['verdict'], passed: boolean) =>
      renderVerification({ verdict, checked: [] }, passed, PLAIN, {}).trimEnd().split('\n').at(-1);
    expect(lastLine('unknown', false)).toBe('INCONCLUSIVE  verdict unknown');
    expect(lastLine('unknown', true)).toBe('PASSED  verdict unknown');
    expect(lastLine('invalid', false)).toBe('FAILED  verdict invalid');
  });
});
