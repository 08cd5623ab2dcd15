import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '#els/report/markdown.js';
import type { Report } from '#els/domain/run-result.js';
import { failingReport } from './failing.js';
import { createSampler, reportOf } from './sample.js';

const OPTIONS = { allowInconclusive: false };
const markdownOf = (report: Report): string => renderMarkdown(report, OPTIONS);
const htmlOf = (report: Report): string => marked.parse(markdownOf(report), { async: false });

/** The text of the cells of each row of the first table, and of its head. */
function firstTable(html: string): string[][] {
  const table = /<table>.*?<\/table>/s.exec(html)?.[0] ?? '';
  return [...table.matchAll(/<tr>.*?<\/tr>/gs)].map(([row]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => unescape(cell)),
  );
}

function unescape(html: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };
  return html.replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name = '') =>
    code === undefined ? (named[name as string] ?? '?') : String.fromCharCode(Number(code)),
  );
}

describe('renderMarkdown', () => {
  it('begins with the verdict', () => {
    const { run } = createSampler();
    expect(markdownOf(reportOf([run()]))).toMatch(/^## els-assign: PASSED {2}verdict valid · 1 run\n/);
    expect(markdownOf(failingReport())).toMatch(
      /^## els-assign: FAILED {2}verdict invalid · 5 runs · 2 failed · 1 unknown · 1 check failed · 1 check inconclusive\n/,
    );
  });

  it('has a table for each scenario, verdict and gates before the figures', () => {
    const { run } = createSampler();
    const runs = [run({ latencyMicros: { p95: 12_300 } }), run({ scenario: 'overflow' })];
    const html = htmlOf(reportOf(runs));
    expect(html.match(/<h3>(.*)<\/h3>/g)).toEqual(['<h3>high-concurrency</h3>', '<h3>overflow</h3>']);
    const [head = [], row = []] = firstTable(html);
    expect(head.slice(0, 4)).toEqual(['strategy', 'verdict', 'gates', 'success']);
    expect(row.slice(0, 3)).toEqual(['cte', 'valid', '✓ 1/1']);
    expect(row[head.indexOf('p95')]).toBe('12.3ms');
    expect(row).toHaveLength(head.length);
  });

  it('shows hostile text as it is, and nothing in it acts', () => {
    const html = htmlOf(failingReport());
    const rows = firstTable(html);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    expect(rows.flat().join('\n')).toContain('</pre>');
    const tags = new Set(
      [...html.matchAll(/<(\/?[a-z][a-z0-9]*)/gi)].map(([, tag = '']) => tag.replace('/', '')),
    );
    expect([...tags].sort()).toEqual(
      [
        ...['br', 'details', 'h2', 'h3', 'li', 'p', 'pre', 'strong', 'summary'],
        ...['table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
      ].sort(),
    );
    expect(unescape(/<pre>.*?<\/pre>/s.exec(html)?.[0] ?? '')).toContain('a|b <b>`x`</b> ]]> & **c**');
    expect(html).not.toContain('\u001b');
  });

  it('keeps the cells of a table apart', () => {
    const { run } = createSampler();
    const [head = [], row = []] = firstTable(htmlOf(reportOf([run({ strategy: 'a|b\\|<i>`c|`' })])));
    expect(row).toHaveLength(head.length);
    expect(row.slice(0, 2)).toEqual(['a|b\\|<i>`c|`', 'valid']);
  });

  it('says what did not hold, with the witnesses to be opened', () => {
    const html = unescape(htmlOf(failingReport()));
    expect(html).toContain('✗ <strong>no-essay-given-twice</strong> no-essay-given-twice is violated');
    expect(html).toMatch(
      /<details><summary>what proves it<\/summary>\s*<pre>[^]*essay_id=essay-7[^]*<\/pre>/,
    );
    expect(html).toContain('cte + locks: ✗ <strong>p95 < 1ms * 1</strong> p95 = 2ms');
    expect(html).toContain('inventory: ? <strong>verdict</strong> verdict unknown; a fault struck nothing');
  });

  it('shows each check', () => {
    const html = unescape(htmlOf(failingReport()));
    expect(html).toContain(
      '✓ <strong>inventory.throughput >= 0.95 * cte.throughput (sustained)</strong> 1.28',
    );
    expect(html).toContain('✗ <strong>cte.p95 < 1ms (sustained)</strong> cte.p95 = 2ms');
    const tolerated = renderMarkdown(failingReport(), { allowInconclusive: true });
    expect(unescape(tolerated)).toContain('? **cte.p50 < 1ms (sustained)** inconclusive: no round');
  });

  it('says what ended the work early', () => {
    const text = unescape(markdownOf(reportOf([], { interrupted: 'SIGTERM', passed: false })));
    expect(text).toContain('✗ **every run was made** stopped by SIGTERM');
  });
});
