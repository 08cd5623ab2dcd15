import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '#els/domain/run-result.js';
import type { TimelineEntry } from '#els/domain/timeline.js';
import { renderHtml } from '#els/report/html/page.js';
import { COMPARISON } from './failing.js';
import { createSampler, reportOf } from './sample.js';

const TOOL = { name: 'els-assign', version: '1.2.3' };
const WRITTEN_AT = new Date('2026-01-02T03:04:05Z');
const HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)">\'';

const page = (runs: readonly RunResult[], overrides = {}) =>
  renderHtml(reportOf(runs, overrides), TOOL, WRITTEN_AT);

/** What a browser would take for elements. */
function tagsOf(text: string): string[] {
  return [...text.matchAll(/<([a-z]\w*)/gi)].map(([, name]) => name ?? '');
}

describe('the page', () => {
  it('escapes every text: names, gates, notes, keys and values of witnesses, timelines', () => {
    const { run } = createSampler();
    const timeline: TimelineEntry[] = [
      {
        kind: 'call',
        ...{ startMicros: 0, endMicros: 1, worker: 1, call: 'c', content: HOSTILE, outcome: 'created' },
        ...{ batchId: 'b', slotId: HOSTILE, recovered: false, replyLost: false },
        ...{ errorCode: null, sqlState: null },
      },
    ];
    const failing = (text: string) =>
      run({
        ...{ scenario: text, strategy: text, passed: false, verdict: 'invalid', notes: [text] },
        gates: [{ expression: text, observed: text, passed: false }],
        invariants: [{ name: text, passed: false, witnesses: [{ [text]: text }], timeline }],
        faults: [
          {
            ...{ kind: 'kill-worker', plannedMs: 0, startMs: 0, endMs: 1, struck: true, detail: text },
            left: { orphans: 0, uncompleted: 0 },
          },
        ],
      });
    const hostile = page([failing(HOSTILE)]);
    expect(hostile).not.toContain('<script>alert');
    expect(tagsOf(hostile).filter((tag) => tag === 'script')).toHaveLength(1);
    expect(tagsOf(hostile)).not.toContain('img');
    expect(hostile.split('&lt;/script&gt;&lt;script&gt;alert(1)').length).toBeGreaterThan(8);
  });

  it('allows its own style and script alone, and names no other place', () => {
    const { run } = createSampler();
    const text = page([run()]);
    const [, policy = ''] = /Content-Security-Policy"\s+content="([^"]*)"/.exec(text) ?? [];
    const hashOf = (element: string) => {
      const [, content = ''] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(text) ?? [];
      return `&#39;sha256-${createHash('sha256').update(content).digest('base64')}&#39;`;
    };
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(policy).toContain(`style-src ${hashOf('style')}`);
    expect(policy).toContain(`script-src ${hashOf('script')}`);
    expect(text).not.toMatch(/https?:|\s(src|href)=|@import|url\(/);
  });

  it('says the verdict first, then what went wrong, then the figures', () => {
    const { run } = createSampler();
    const bad = run({
      ...{ strategy: 'legacy', passed: false, verdict: 'invalid' },
      invariants: [
        { name: 'no-essay-twice', passed: false, witnesses: [{ essay: 'essay-17' }], timeline: [] },
      ],
    });
    const text = page([run(), bad], { verdict: 'invalid' });
    const places = ['FAILED', 'no-essay-twice is violated', 'essay-17', '<h2>high-concurrency', '1.2.3'].map(
      (part) => text.indexOf(part, text.indexOf('<body>')),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('gives a strategy the same colour in every scenario, whatever ran first', () => {
    const { run } = createSampler();
    const coloursOf = (text: string, strategy: string) =>
      new Set(
        [...text.matchAll(new RegExp(`class="series (c\\d)[^>]*>\\s*<title>${strategy}`, 'g'))].map(
          ([, c]) => c,
        ),
      );
    const all = page(
      ['first', 'second'].flatMap((scenario) =>
        ['mine', 'inventory', 'cte', 'legacy'].map((strategy) => run({ scenario, strategy })),
      ),
    );
    const seen = ['mine', 'inventory', 'cte', 'legacy'].map((strategy) => [...coloursOf(all, strategy)]);
    expect(seen.map((colours) => colours.length)).toEqual([1, 1, 1, 1]);
    expect(new Set(seen.flat()).size).toBe(4);
    const comparison = { ...COMPARISON, strategies: ['legacy', 'cte', 'inventory'] };
    const compared = page([run({ strategy: 'inventory' }), run({ strategy: 'legacy' })], { comparison });
    expect([...coloursOf(compared, 'legacy'), ...coloursOf(compared, 'inventory')]).toEqual(['c0', 'c2']);
  });

  it('shows a report without runs: what ended it', () => {
    const text = page([], {
      passed: false,
      verdict: 'unknown',
      interrupted: 'SIGINT',
      failure: { code: 'database_unavailable', message: 'the database went away' },
    });
    expect(text).toContain('interrupted by SIGINT');
    expect(text).toContain('the database went away');
  });

  it('leaves out what was not measured', () => {
    const { run } = createSampler();
    const timeSeries = { intervalMs: 10, calls: [], failures: [], p50Micros: [], p95Micros: [] };
    const [shown] = page([run({ latencyDistribution: [], timeSeries, latencyMicros: { p95: NaN } })]).split(
      '<script>',
    );
    expect(shown).not.toMatch(/NaN|undefined|Infinity|<figure/);
    expect(shown).toContain('–');
  });

  it('says of the ratios of each scenario how many rounds they rest on, and with what confidence', () => {
    const { run } = createSampler();
    const rounds = { burst: 3, loop: 8 };
    const runs = Object.entries(rounds).flatMap(([scenario, count]) =>
      ['legacy', 'cte', 'inventory'].flatMap((strategy) =>
        Array.from({ length: count }, (_, at) => run({ scenario, strategy, round: at + 1 })),
      ),
    );
    const ratio = { advisoryLocks: false, metric: 'throughput', ratio: 2, low: 1.5, high: 2.5 } as const;
    const ratios = ['cte', 'inventory'].flatMap((strategy) => [
      { ...ratio, scenario: 'burst', strategy, confidence: 0.75 },
      { ...ratio, scenario: 'loop', strategy, confidence: 0.953 },
    ]);
    const comparison = { ...COMPARISON, rounds: 8, ratios };
    const captions = (text: string) =>
      [...text.matchAll(/<figcaption>Throughput: right[^;]*; ([^<]*)/g)].map(([, basis]) => basis);
    expect(captions(page(runs, { comparison }))).toEqual([
      '3 rounds, 75 % confidence',
      '8 rounds, 95 % confidence',
    ]);
    // The last round of one strategy was not run any more.
    expect(captions(page(runs.slice(0, -1), { comparison }))[1]).toBe('7–8 rounds, 95 % confidence');
  });
});
