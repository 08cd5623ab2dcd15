import { describe, expect, it } from 'vitest';
import { annotationLines, renderSummary } from '#els/report/github.js';
import { renderMarkdown } from '#els/report/markdown.js';
import { failingReport } from './failing.js';
import { createSampler, reportOf } from './sample.js';

const STRICT = { allowInconclusive: false };
const LENIENT = { allowInconclusive: true };

describe('annotationLines', () => {
  it('says nothing where all passed', () => {
    const { run } = createSampler();
    expect(annotationLines(reportOf([run()]), STRICT)).toEqual([]);
  });

  it('is one workflow command for each thing that did not hold, escaped as the toolkit does', () => {
    const lines = annotationLines(failingReport(), STRICT);
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).toMatch(/^::error title=[^:,\r\n]+::[^\r\n]+$/);
    expect(lines[0]).toBe('::error title=high-concurrency · cte + locks::p95 < 1ms * 1: p95 = 2ms');
    expect(lines[3]).toContain('no-essay-given-twice: no-essay-given-twice is violated%0A');
    expect(lines[3]).toContain('essay_id=essay-7');
    expect(lines[3]).toContain('%0D%0A%3A%3Aerror%3A%3A%25 $d$');
  });

  it('warns of what is inconclusive where that is allowed', () => {
    const warnings = annotationLines(failingReport(), LENIENT).filter((line) =>
      line.startsWith('::warning '),
    );
    expect(warnings).toEqual([
      '::warning title=high-concurrency · inventory::verdict: verdict unknown; a fault struck nothing',
      '::warning title=comparison::cte.p50 < 1ms (sustained): inconclusive: no round',
    ]);
  });

  it('shows ten of a kind at most, and says how many are left', () => {
    const { run } = createSampler();
    const gates = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ expression: `p95 < ${n}us`, observed: '', passed: false }));
    const linesFor = (count: number) =>
      annotationLines(reportOf([run({ passed: false, gates: gates(count) })]), STRICT);
    expect(linesFor(10)).toHaveLength(10);
    expect(linesFor(10).at(-1)).toContain('p95 < 9us');
    expect(linesFor(11)).toHaveLength(10);
    expect(linesFor(11).at(-1)).toBe('::error title=els-assign::2 more: see the summary');
  });
});

describe('renderSummary', () => {
  it('is the Markdown report where there is room', () => {
    const report = failingReport();
    expect(renderSummary(report, STRICT, 1_048_576).trimEnd()).toBe(renderMarkdown(report, STRICT).trimEnd());
  });

  it('is cut between blocks where there is not, and says so', () => {
    const report = failingReport();
    const whole = renderSummary(report, STRICT, Infinity);
    for (const bytes of [300, 1_000, 2_000, Buffer.byteLength(whole) - 1]) {
      const cut = renderSummary(report, STRICT, bytes);
      const kept = cut.slice(0, cut.indexOf('*The summary is cut here'));
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
      expect(cut).toContain('GitHub shows at most 1 MiB');
      expect(whole.startsWith(kept)).toBe(true);
      expect(kept.match(/<details>/g)?.length).toBe(kept.match(/<\/details>/g)?.length);
    }
  });
});
