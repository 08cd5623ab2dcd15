import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { renderRuns } from '#els/report/terminal.js';
import type { Report } from '#els/domain/run-result.js';
import { createSampler, ENVIRONMENT, reportOf, type RunOverrides } from './sample.js';

const PLAIN = new Chalk({ level: 0 });
const COLOURED = new Chalk({ level: 1 });

const DUPLICATES: RunOverrides = {
  scenario: 'idempotent-duplicates',
  advisoryLocks: true,
  workers: 3,
  connections: 8,
  expectedSuccesses: 20,
  outcomes: { created: 1, reused: 19 },
};

const render = (report: Report, width?: number): string => renderRuns(report, PLAIN, { width });
const lastLine = (text: string): string | undefined => text.trimEnd().split('\n').at(-1);

describe('renderRuns', () => {
  it('shows what was run and how the calls ended', () => {
    const { run } = createSampler();
    const text = render(reportOf([run(DUPLICATES)]));
    expect(text).toContain('idempotent-duplicates · cte + locks · round 1');
    expect(text).toContain('3 workers × 8 connections');
    expect(text).toContain('20/20 · created 1 · reused 19 · no_slot 0 · error 0\n');
  });

  it('shows where the figures come from', () => {
    const { run } = createSampler();
    const environment = { ...ENVIRONMENT, fsync: 'off', autovacuum: 'disabled' };
    const text = render(reportOf([run()], { environment }));
    expect(text.split('\n').slice(0, 2)).toEqual([
      'PostgreSQL 18.4 (embedded) · Node 20.19.5 · 2 CPUs',
      'fsync off · synchronous_commit on · full_page_writes on · autovacuum disabled',
    ]);
    expect(render(reportOf([run()], { environment: { ...environment, embedded: false } }))).not.toContain(
      'embedded',
    );
  });

  it('shows what became of the batches, and how long it took', () => {
    const { run } = createSampler();
    const batchTotals = { taken: 18, available: 2, completed: 4, completionEvents: 1 };
    const text = render(
      reportOf([run({ batchTotals, plan: { batches: 5 }, assignments: 20, durationMs: 16.2 })]),
    );
    expect(text).toMatch(
      /^ {2}batches +4\/5 completed · 1 completion event · 18 slots taken · 2 slots free$/m,
    );
    expect(text).toContain('20 calls in 16.2ms\n');
  });

  it('shows unknown and recovered calls only where there are some', () => {
    const { run } = createSampler();
    const rare = render(reportOf([run({ outcomes: { unknown: 2, recovered: 3 } })]));
    expect(rare).toContain('unknown 2 · recovered 3');
    expect(render(reportOf([run()]))).not.toMatch(/unknown|recovered/);
  });

  it('shows attempts where there were more than calls, and those before the load apart', () => {
    const { run } = createSampler();
    const [more, warm] = [
      run({ assignments: 1200, attempts: 1234 }),
      run({ assignments: 9, attempts: 9, warmUpCalls: 12 }),
    ].map((each) => render(reportOf([each])));
    expect(more).toMatch(/^ {2}attempts +1,234 attempts$/m);
    expect(warm).toMatch(/^ {2}attempts +9 attempts · 12 calls before to warm up, not counted$/m);
    expect(render(reportOf([run()]))).not.toMatch(/attempts/);
  });

  it('shows errors and retries by code only where there are some', () => {
    const { run } = createSampler();
    const text = render(
      reportOf([run({ errorsByCode: { unknown_batch: 2 }, retriesByCode: { '23505': 4, contended: 1234 } })]),
    );
    expect(text).toMatch(/^ {2}errors +unknown_batch 2$/m);
    expect(text).toMatch(/^ {2}retries +23505 4 · contended 1,234$/m);
    expect(render(reportOf([run()]))).not.toMatch(/errors|retries/);
  });

  it('stands the service time beside the latency of a burst only', () => {
    const { run } = createSampler();
    const latencyMicros = { mean: 1230, p50: 900, p90: 2000, p95: 12_300, p99: 45_600, max: 1_500_000 };
    const burst = render(reportOf([run({ latencyMicros })]));
    expect(burst).toMatch(
      / +mean +p50 +p90 +p95 +p99 +max\n {2}latency +1\.23ms +900µs +2\.00ms +12\.3ms +45\.6ms +1\.50s\n/,
    );
    expect(burst).toContain('service time');
    expect(render(reportOf([run({ plan: { arrival: 'closed' } })]))).not.toContain('service time');
  });

  it('shows throughput, round trips, WAL and what the target counts', () => {
    const { run } = createSampler();
    const cost = {
      ...{ roundTripsPerAssignment: 1.024, walBytesPerAssignment: 2345.6 },
      ...{ buffersHitPerAssignment: 27.97, buffersDirtiedPerAssignment: 0.193 },
      serverExecutionMicrosPerAssignment: 149.6,
    };
    const client = { ...run().client, cpuMicrosPerCall: 61.2 };
    const text = render(
      reportOf([run({ throughputPerSecond: 8012.3, counters: { completionLooks: 13 }, cost, client })]),
    );
    expect(text).toContain('8,012/s');
    expect(text).toContain('1.02 round trips · 2,346 bytes of WAL · server 150µs execution');
    expect(text).toContain('28.0 buffers hit, 0.19 dirtied · client 61µs CPU\n');
    expect(text).toContain('counters      completionLooks 13\n');
    expect(render(reportOf([run({ cost: { walBytesPerAssignment: null } })]))).not.toContain('WAL');
    const unknown = { serverExecutionMicrosPerAssignment: null, buffersHitPerAssignment: null };
    expect(render(reportOf([run({ cost: unknown })]))).not.toMatch(/execution|buffers/);
  });

  it('prints a dash for the latency of a run without calls', () => {
    const { run } = createSampler();
    const none = { mean: NaN, p50: NaN, p90: NaN, p95: NaN, p99: NaN, max: NaN };
    const text = render(reportOf([run({ plan: { arrival: 'closed' }, latencyMicros: none })]));
    expect(text).toMatch(/^ {2}latency( +–){6}$/m);
    expect(text).not.toContain('NaN');
  });

  it('shows each gate with what was observed', () => {
    const { run } = createSampler();
    const gates = [
      { expression: 'p95 < 500ms', observed: 'p95 = 612ms', passed: false },
      { expression: 'created == contents', observed: 'created = 6, contents = 6', passed: true },
    ];
    const text = render(reportOf([run({ gates, passed: false })]));
    expect(text).toContain('✗ p95 < 500ms          p95 = 612ms\n');
    expect(text).toContain('✓ created == contents  created = 6, contents = 6\n');
  });

  it('names a violated invariant with its witnesses, and counts those that hold', () => {
    const { run } = createSampler();
    const witnesses = [
      { essay_id: 'essay-7', outcome: 'created' },
      { essay_id: 'essay-7', outcome: 'lost \u001b[2J', found: null },
    ];
    const invariants = [
      { name: 'no_essay_given_twice', passed: false, witnesses, timeline: [] },
      { name: 'outbox_complete', passed: true, witnesses: [], timeline: [] },
    ];
    const text = render(reportOf([run({ invariants, passed: false, verdict: 'invalid' })]));
    expect(text).toContain('✗ no_essay_given_twice is violated\n');
    expect(text).toContain('• essay_id=essay-7  outcome=created\n');
    expect(text).toContain('• essay_id=essay-7  outcome="lost \\u001b[2J"  found=null\n');
    expect(text).toContain('✓ 1 invariant holds\n');
    expect(text).toContain('✗ verdict invalid\n');
  });

  it('says in one line that all invariants hold, and warns when none was checked', () => {
    const { run } = createSampler();
    expect(render(reportOf([run()]))).toContain('✓ 2 invariants hold\n');
    expect(render(reportOf([run({ invariants: [] })]))).toContain('! no invariant was checked\n');
  });

  it('does not say that none hold as if it were good', () => {
    const { run } = createSampler();
    const invariants = [{ name: 'outbox_complete', passed: false, witnesses: [], timeline: [] }];
    const text = render(reportOf([run({ invariants, passed: false })]));
    expect(text).toContain('✗ outbox_complete is violated\n');
    expect(text).not.toContain('hold');
  });

  it('shows notes', () => {
    const { run } = createSampler();
    expect(render(reportOf([run({ notes: ['the slots ran out'] })]))).toContain('i the slots ran out\n');
  });

  it('ends with the verdict and PASSED or FAILED', () => {
    const { run } = createSampler();
    const failed = reportOf([run(), run({ passed: false })], { verdict: 'invalid' });
    expect(lastLine(render(reportOf([run()])))).toBe('PASSED  verdict valid · 1 run');
    expect(lastLine(render(failed))).toBe('FAILED  verdict invalid · 2 runs · 1 failed');
    expect(lastLine(render({ ...failed, interrupted: 'SIGINT' }))).toContain('interrupted by SIGINT');
  });

  it('shows every run', () => {
    const { run, integer } = createSampler();
    const runs = Array.from({ length: integer(1, 6) }, (_, index) => run({ round: index + 1 }));
    const text = render(reportOf(runs));
    expect(runs.map(({ round }) => text.split(`· round ${round}\n`).length - 1)).toEqual(runs.map(() => 1));
  });

  it('has no escape codes without colours, and the same text with them', () => {
    const { run } = createSampler();
    const report = reportOf([run(DUPLICATES), run({ retriesByCode: { contended: 2 } })]);
    const plain = render(report);
    const coloured = renderRuns(report, COLOURED);
    expect(stripVTControlCharacters(plain)).toBe(plain);
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it.each([80, 100, 120])('stays within %d columns', (width) => {
    const { run } = createSampler();
    const witness = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`column_${index}`, 'x'.repeat(index)]),
    );
    const wide = run({
      ...DUPLICATES,
      plan: { batches: 1000, slots: 100_000, contents: 1_000_000 },
      outcomes: { created: 1_000_000, reused: 1_000_000, noSlot: 1_000_000, unknown: 1, recovered: 1 },
      notes: ['word '.repeat(60)],
      invariants: [{ name: 'broken', passed: false, witnesses: [witness], timeline: [] }],
      gates: [{ expression: 'created == contents', observed: 'created = 1, '.repeat(20), passed: false }],
    });
    const lengths = render(reportOf([wide]), width)
      .split('\n')
      .map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(width);
    expect(Math.max(...lengths)).toBeGreaterThan(width - 20);
  });
});
