import { Chalk } from 'chalk';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { buildSweep } from '#els/compare/sweep.js';
import type { Comparison, Report } from '#els/domain/run-result.js';
import { renderComparison } from '#els/report/comparison.js';
import { annotationLines } from '#els/report/github.js';
import { renderHtml } from '#els/report/html/page.js';
import { renderJunit } from '#els/report/junit.js';
import { renderMarkdown } from '#els/report/markdown.js';
import { renderRollouts } from '#els/report/rollout.js';
import { renderSweep } from '#els/report/sweep.js';
import { renderRuns } from '#els/report/terminal.js';
import { elementsOf, parseXml } from '../support/xml.js';
import { COMPARISON } from './failing.js';
import { createSampler, reportOf, type RunOverrides } from './sample.js';

const NO_LATENCY = { mean: 0, min: 0, p50: 0, p75: 0, p90: 0, p95: 0, p99: 0, p999: 0, max: 0 };
const OPTIONS = { allowInconclusive: false };

/** A report in every form, as its reader sees it: without markup, on one line, its parts not separated. */
function forms(report: Report) {
  const render =
    report.sweep === undefined
      ? report.comparison === undefined
        ? report.rollout === undefined
          ? renderRuns
          : renderRollouts
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
  return Object.entries(shown).map(([form, text]) => [form, text.replace(/\s+(· )?/g, ' ')] as const);
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
      expect(text, form).toContain('high-concurrency cte + locks is faster (8 rounds, p = 0.004)');
      expect(text, form).toContain('high-concurrency inventory + locks is proven neither faster nor slower');
      expect(text, form).toContain('! while it ran, fsync was on and is off');
      expect(text, form).toContain('against the baseline of 2026-01-02T03:04:05Z');
      expect(text, form).toContain('! baseline: cpus was 4 and is 2');
      expect(text, form).toContain('baseline.p95 / p95 >= 0.95');
    }
  });

  it('says what was not asked, and that it was no failure', () => {
    const notAsked = [{ name: 'an-audit', reason: 'of 6 of 6 assignments: there is nothing to compare' }];
    const report = reportOf([createSampler().run({ notAsked })]);
    for (const [form, text] of forms(report)) {
      expect(text, form).toContain(
        'not asked: an-audit (of 6 of 6 assignments: there is nothing to compare)',
      );
    }
    const junit = parseXml(renderJunit(report, OPTIONS));
    expect(elementsOf(junit, 'skipped').map(({ attributes }) => attributes['message'])).toEqual([
      notAsked[0]?.reason,
    ]);
    expect(renderMarkdown(report, OPTIONS)).not.toContain('What did not hold');
    expect(annotationLines(report, OPTIONS)).toEqual([]);
  });

  it('warns in annotations too, though everything passed', () => {
    expect(annotationLines(comparing(), OPTIONS)).toEqual([
      '::warning title=comparison::while it ran, fsync was on and is off',
      '::warning title=baseline::baseline: cpus was 4 and is 2',
    ]);
  });

  const open: RunOverrides = {
    plan: { arrival: 'open', rate: 500, spacing: 'poisson', latencyLimitMs: 50 },
    ...{ assignments: 588, expectedSuccesses: 588, outcomes: { created: 588 } },
    ...{ late: 7, skipped: 1_012, throughputPerSecond: 1_600, duePerSecond: 2_400 },
    scheduleLagMicros: { ...NO_LATENCY, p95: 4_210 },
  };

  it.each([
    ['run', undefined],
    ['compare', COMPARISON],
  ])(
    'tells of an open loop its rate, spacing, limit, what was late and skipped, and the lag: %s',
    (_, comparison) => {
      const { run } = createSampler();
      for (const [form, text] of forms(reportOf([run(open)], { comparison }))) {
        expect(text, form).toContain('open loop at 500/s poisson latency limit 50.0ms');
        expect(text, form).toMatch(/\blate\b.*\b7\b/);
        expect(text, form).toMatch(/\bskipped\b.*1,012/);
        expect(text, form).toMatch(/\blag\b.*4\.21ms/);
      }
    },
  );

  it('tells of a rollout its phases, its switches and the longest pause', () => {
    const latencyMicros = { p50: 810, p95: 1_230, p99: 9_870 };
    const phase = { switchedFrom: null, calls: 2_345, throughputPerSecond: 2_345, latencyMicros };
    const toCte = {
      from: 'legacy',
      to: 'cte',
      plannedMs: 1_000,
      startMs: 1_001,
      endMs: 1_310,
      changeMs: 309,
    };
    const migration = { tookMs: 456, batches: 77, slots: 8_800, longestPauseMs: 21, processes: 2 };
    const rollout = {
      phases: [
        { ...phase, strategy: 'legacy', fromMs: 0, toMs: 1_001 },
        { ...phase, strategy: 'cte', switchedFrom: 'legacy', fromMs: 1_001, toMs: 1_310, calls: 321 },
      ],
      switches: [{ ...toCte, migration, longestCallMicros: 34_500 }],
    };
    const { run } = createSampler();
    const summary = { longestCallMicros: 34_500, longestPauseMs: 21 };
    for (const [form, text] of forms(reportOf([run({ rollout })], { rollout: summary }))) {
      expect(text, form).toContain('legacy 0µs 1.00s 2,345 2,345 810µs 1.23ms 9.87ms');
      expect(text, form).toContain('legacy → cte 1.00s 1.31s 321 2,345 810µs 1.23ms 9.87ms');
      expect(text, form).toContain('legacy → cte 1.00s 309ms 456ms 77 8,800 21.0ms 34.5ms');
      expect(text, form).toContain('a caller waited for 34.5ms at most; a batch paused for 21.0ms at most');
    }
  });

  it('tells of stages', () => {
    const stages = [
      { rate: 1_000, durationMs: 5_000 },
      { rate: 0, durationMs: 0 },
    ];
    const { run } = createSampler();
    const staged = run({ ...open, plan: { ...open.plan, stages } });
    for (const [form, text] of forms(reportOf([staged], { comparison: COMPARISON }))) {
      expect(text, form).toContain('open loop at 500/s to 1,000/s in 5 s to 0/s at once poisson');
    }
  });

  it('has no columns of an open loop where there is none', () => {
    const { run } = createSampler();
    for (const [form, text] of forms(reportOf([run()], { comparison: COMPARISON }))) {
      expect(text, form).not.toMatch(/\b(late|skipped|lag)\b/);
    }
  });

  it('says beside the successes how many calls count nowhere else', () => {
    const { run } = createSampler();
    const [[, text] = []] = forms(reportOf([run(open)]));
    expect(text).toMatch(/success 588\/588 created 588 .* skipped 1,012 of 1,600 calls due /);
    expect(text).toContain('throughput 1,600/s of 2,400/s due');
  });

  it('tells of a sweep of the rate what each rate came to, and the shape of the load', () => {
    const { run } = createSampler();
    const runs = [100, 500].map((rate) => run({ ...open, plan: { ...open.plan, rate } }));
    const sweep = buildSweep('rate', runs);
    for (const [form, text] of forms(reportOf(runs, { sweep }))) {
      expect(text, form).toContain(
        `open loop at ${form === 'junit' ? '100' : '100–500'}/s poisson latency limit 50.0ms`,
      );
      expect(text, form).toMatch(/knee:? none: no rate was achieved/i);
      if (form !== 'junit') expect(text, form).toMatch(/due per s.* per s.* late.* skipped.* lag p95/);
    }
  });

  it('has every fact of a run: errors, retries, what was delivered again, batches, looks', () => {
    const { run } = createSampler();
    const full = run({
      ...{ errorsByCode: { unknown_batch: 2 }, retriesByCode: { contended: 3 }, redeliveries: 4 },
      ...{
        counters: { completionLooks: 17 },
        batchTotals: { taken: 9, available: 1, completed: 0, completionEvents: 0 },
      },
    });
    for (const [form, text] of forms(reportOf([full]))) {
      expect(text, form).toContain('errors unknown_batch 2 retries contended 3');
      expect(text, form).toContain('redelivered 4 calls');
      expect(text, form).toContain('9 slots taken 1 slot free');
      expect(text, form).toContain('counters completionLooks 17');
    }
  });
});
