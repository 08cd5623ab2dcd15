import { Chalk } from 'chalk';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Comparison, Report } from '#els/domain/run-result.js';
import { renderComparison } from '#els/report/comparison.js';
import { annotationLines } from '#els/report/github.js';
import { renderHtml } from '#els/report/html/page.js';
import { renderJunit } from '#els/report/junit.js';
import { renderMarkdown } from '#els/report/markdown.js';
import { renderSweep } from '#els/report/sweep.js';
import { renderRuns } from '#els/report/terminal.js';
import { elementsOf, parseXml } from '../support/xml.js';
import { COMPARISON } from './failing.js';
import { createSampler, reportOf } from './sample.js';

const OPTIONS = { allowInconclusive: false };

/** A report in every form, as its reader sees it: without markup, on one line. */
function forms(report: Report) {
  const render =
    report.sweep === undefined
      ? report.comparison === undefined
        ? renderRuns
        : renderComparison
      : renderSweep;
  const html = renderHtml(report, { name: 'els-assign', version: '1' }, new Date(0));
  const junit = parseXml(renderJunit(report, OPTIONS));
  const outputs = elementsOf(junit, 'system-out').map(({ text }) => text);
  const shown = {
    terminal: render(report, new Chalk({ level: 0 }), { width: 200 }),
    markdown: textOf(marked.parse(renderMarkdown(report, OPTIONS), { async: false })),
    html: textOf(html.slice(html.indexOf('<body>'), html.indexOf('<script>'))),
    junit: outputs.join('\n'),
  };
  return Object.entries(shown).map(([form, text]) => [form, text.replace(/\s+/g, ' ')] as const);
}

function textOf(html: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) =>
      code === undefined ? (named[name] ?? '?') : String.fromCharCode(Number(code)),
    );
}

const claim = {
  ...{ scenario: 'high-concurrency', strategy: 'cte', advisoryLocks: true },
  ...{ pValue: 1 / 256, rounds: 8 },
};
const doubted: Comparison = {
  ...COMPARISON,
  claims: [
    { ...claim, result: 'faster' },
    { ...claim, strategy: 'inventory', result: 'inconclusive' },
  ],
  warnings: ['while it ran, fsync was on and is off'],
};
const baseline = {
  measuredAt: '2026-01-02T03:04:05Z',
  checks: [{ name: 'baseline.p95 / p95 >= 0.95', result: 'passed', observed: '1.01' } as const],
  warnings: ['baseline: cpus was 4 and is 2'],
};

describe('every form of a report', () => {
  const comparing = () => reportOf([createSampler().run()], { comparison: doubted, baseline });

  it('says what is claimed, what makes it doubtful, and what it is compared with', () => {
    for (const [form, text] of forms(comparing())) {
      expect(text, form).toMatch(/throughput against legacy; .* at most 2\.5 %:/);
      expect(text, form).toContain('high-concurrency · cte + locks is faster (8 rounds, p = 0.004)');
      expect(text, form).toContain(
        'high-concurrency · inventory + locks is proven neither faster nor slower',
      );
      expect(text, form).toContain('! while it ran, fsync was on and is off');
      expect(text, form).toContain('against the baseline of 2026-01-02T03:04:05Z');
      expect(text, form).toContain('! baseline: cpus was 4 and is 2');
      expect(text, form).toContain('baseline.p95 / p95 >= 0.95');
    }
  });

  it('warns in annotations too, though everything passed', () => {
    expect(annotationLines(comparing(), OPTIONS)).toEqual([
      '::warning title=comparison::while it ran, fsync was on and is off',
      '::warning title=baseline::baseline: cpus was 4 and is 2',
    ]);
  });
});
