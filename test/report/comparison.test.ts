import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { renderComparison } from '#els/report/comparison.js';
import type { Claim, Comparison, Ratio, Report, RunResult } from '#els/domain/run-result.js';
import { createSampler, reportOf, type Sampler } from './sample.js';

const PLAIN = new Chalk({ level: 0 });
const COLOURED = new Chalk({ level: 1 });
const WIDE = 200;

const CHECK = {
  name: 'inventory beats cte',
  result: 'passed',
  observed: '1.27 (median of 3 rounds)',
} as const;

const ratioOf = (overrides: Partial<Ratio>): Ratio => ({
  scenario: 'high-concurrency',
  strategy: 'cte',
  advisoryLocks: false,
  metric: 'throughput',
  ratio: 2.5,
  low: 2.25,
  high: 2.75,
  confidence: 0.75,
  ...overrides,
});

const COMPARISON: Comparison = {
  baseline: 'legacy',
  strategies: ['legacy', 'cte', 'inventory'],
  rounds: 3,
  ratios: [ratioOf({}), ratioOf({ metric: 'p95', ratio: 0.5, low: 0.45, high: 0.55 })],
  checks: [CHECK],
  claims: [],
  levels: { checkLevel: 0.025, claimsLevel: 0.025, roundsToCheck: 6, roundsToClaim: 7 },
  warnings: [],
};

const claimOf = (overrides: Partial<Claim>): Claim => ({
  scenario: 'high-concurrency',
  strategy: 'cte',
  advisoryLocks: false,
  result: 'faster',
  pValue: 4 / 256,
  rounds: 8,
  ...overrides,
});

/** Three rounds of legacy and cte; `change` may alter a run. */
function rounds({ run }: Sampler, change: (run: RunResult) => Partial<RunResult> = () => ({})): RunResult[] {
  const outcomes = { created: 100, reused: 0 };
  return [1, 2, 3].flatMap((round) =>
    ['legacy', 'cte'].map((strategy) => {
      const result = run({ strategy, round, expectedSuccesses: 100, outcomes });
      return { ...result, ...change(result) };
    }),
  );
}

const render = (runs: readonly RunResult[], comparison: Comparison | undefined = COMPARISON): string =>
  renderComparison(reportOf(runs, { comparison }), PLAIN, { width: WIDE });

/** The table line of a strategy, split into its cells. */
const cells = (text: string, label: string): string[] =>
  (text.split('\n').find((line) => line.startsWith(`  ${label}  `)) ?? '').trim().split(/ {2,}/);

const isBadRound = (run: RunResult): boolean => run.strategy === 'cte' && run.round === 2;

describe('renderComparison', () => {
  it('has one line for each strategy with medians over the rounds', () => {
    const sampler = createSampler();
    const figures = [300, 100, 200];
    const runs = rounds(sampler, ({ round, latencyMicros, cost }) => {
      const figure = figures[round - 1] ?? NaN;
      return {
        throughputPerSecond: figure * 100,
        latencyMicros: { ...latencyMicros, mean: figure, p50: figure * 2, p95: figure * 3, p99: figure * 4 },
        cost: {
          ...cost,
          roundTripsPerAssignment: figure / 100,
          serverExecutionMicrosPerAssignment: figure * 5,
          buffersHitPerAssignment: figure / 10,
          buffersDirtiedPerAssignment: figure / 50,
          walBytesPerAssignment: figure * 6,
        },
      };
    });
    const latencyCells = ['200µs', '400µs', '600µs', '800µs'];
    const costCells = ['1.00ms', '20.0', '4.00', '1,200'];
    const figureCells = ['100/100', '100', ...latencyCells, '20,000', '2.00', ...costCells];
    const text = render(runs);
    expect(cells(text, 'legacy')).toEqual([
      'legacy',
      ...figureCells,
      'baseline',
      'baseline',
      '✓ 3/3',
      'valid',
    ]);
    expect(cells(text, 'cte')).toEqual([
      'cte',
      ...figureCells,
      '2.50 [2.25 – 2.75]',
      '0.50 [0.45 – 0.55]',
      '✓ 3/3',
      'valid',
    ]);
  });

  it('says what a ratio means and how sure its range is', () => {
    const text = render(rounds(createSampler()));
    expect(text).toContain('× of legacy: > 1 is faster for throughput (per s), < 1 is faster for p95');
    expect(text).toContain('75 % confidence');
  });

  it('shows no range for a single round', () => {
    const single = { ...COMPARISON, ratios: [ratioOf({ low: 2.5, high: 2.5, confidence: 0 })] };
    const text = render(rounds(createSampler()), single);
    expect(cells(text, 'cte')).toContain('2.50');
    expect(text).not.toContain('confidence');
  });

  it('shows a dash where there is no ratio', () => {
    const text = render(rounds(createSampler()), { ...COMPARISON, ratios: [ratioOf({})] });
    expect(cells(text, 'cte').slice(13, 15)).toEqual(['2.50 [2.25 – 2.75]', '–']);
  });

  it('gives the row of the same locks its ratio', () => {
    const sampler = createSampler();
    const locked = rounds(sampler, () => ({ advisoryLocks: true }));
    const ratios = [ratioOf({}), ratioOf({ advisoryLocks: true, ratio: 3.5, low: 3.5, high: 3.5 })];
    const text = render([...locked, ...rounds(sampler)], { ...COMPARISON, ratios });
    expect(cells(text, 'cte')).toContain('2.50 [2.25 – 2.75]');
    expect(cells(text, 'cte + locks')).toContain('3.50 [3.50 – 3.50]');
    expect(cells(text, 'legacy + locks')).not.toContain('baseline');
  });

  it('does not hide a worse round behind the median', () => {
    const sampler = createSampler();
    const worse = rounds(sampler, (run) =>
      isBadRound(run) ? { outcomes: { ...run.outcomes, created: 98, error: 2 } } : {},
    );
    expect(cells(render(worse), 'cte').slice(1, 3)).toEqual(['98/100', '98–100']);
    expect(cells(render(worse), 'legacy').slice(1, 3)).toEqual(['100/100', '100']);
  });

  it('does not hide a round that created too much', () => {
    const worse = rounds(createSampler(), (run) =>
      isBadRound(run) ? { outcomes: { ...run.outcomes, created: 101 } } : {},
    );
    expect(cells(render(worse), 'cte').slice(1, 3)).toEqual(['101/100', '100–101']);
  });

  it('shows the worst verdict and the failed gates of any round with their evidence', () => {
    const gates = [{ expression: 'error == 0', observed: 'error = 2', passed: false }];
    const invariants = [
      { name: 'outbox_complete', passed: false, witnesses: [{ essay_id: 'essay-9' }], timeline: [] },
    ];
    const worse = rounds(createSampler(), (run) =>
      isBadRound(run)
        ? { gates, invariants, verdict: 'invalid', passed: false, notes: ['one event is missing'] }
        : {},
    );
    const text = render(worse);
    expect(cells(text, 'cte').slice(-2)).toEqual(['✗ 2/3', 'invalid']);
    expect(text).toContain(
      [
        'high-concurrency · cte · round 2 · verdict invalid',
        '  ✗ error == 0  error = 2',
        '  ✗ outbox_complete is violated',
        '      • essay_id=essay-9',
        '  ! one event is missing',
      ].join('\n'),
    );
    expect(text.match(/is violated/g)).toHaveLength(1);
  });

  it('prefers invalid to unknown as the worst verdict', () => {
    const worse = rounds(createSampler(), ({ round }) => ({
      verdict: round === 1 ? 'unknown' : round === 2 ? 'invalid' : 'valid',
    }));
    expect(cells(render(worse), 'cte').at(-1)).toBe('invalid');
  });

  it.each([1, 2, 3])('shows a dash for a latency that round %d did not measure', (bad) => {
    const runs = rounds(createSampler(), ({ strategy, round, latencyMicros }) =>
      strategy === 'cte' && round === bad ? { latencyMicros: { ...latencyMicros, p95: NaN } } : {},
    );
    expect(cells(render(runs), 'cte')[5]).toBe('–');
    expect(cells(render(runs), 'legacy')[5]).not.toBe('–');
  });

  it('shows a dash for what the server could not tell', () => {
    const runs = rounds(createSampler(), ({ strategy, cost }) => ({
      cost: strategy === 'cte' ? { ...cost, serverExecutionMicrosPerAssignment: null } : cost,
    }));
    expect(cells(render(runs), 'cte')[9]).toBe('–');
    expect(cells(render(runs), 'legacy')[9]).not.toBe('–');
  });

  it('shows the smallest of successes that are all as expected', () => {
    const runs = rounds(createSampler(), (run) => ({
      expectedSuccesses: 500 - run.round,
      outcomes: { ...run.outcomes, created: 500 - run.round },
    }));
    expect(cells(render(runs), 'cte').slice(1, 3)).toEqual(['497/497', '497–499']);
  });

  it('paints successes by whether they are as expected, and verdicts by what they mean', () => {
    const runs = rounds(createSampler(), (run) =>
      isBadRound(run) ? { outcomes: { ...run.outcomes, created: 98 }, verdict: 'invalid' } : {},
    );
    const text = renderComparison(reportOf(runs, { comparison: COMPARISON }), COLOURED, { width: WIDE });
    expect(text).toContain(COLOURED.red('98/100'));
    expect(text).toContain(COLOURED.green('100/100'));
    expect(text).toContain(COLOURED.red('invalid'));
    expect(text).toContain(COLOURED.green('valid'));
  });

  it('names a run that failed without a failed gate or invariant', () => {
    const runs = rounds(createSampler(), (run) =>
      isBadRound(run) ? { passed: false, verdict: 'unknown' } : {},
    );
    expect(render(runs)).toContain('\nhigh-concurrency · cte · round 2 · verdict unknown\n');
  });

  it('says so when there are no ratios', () => {
    const text = render(rounds(createSampler()), { ...COMPARISON, ratios: [] });
    expect(text).toContain('no ratios: nothing else ran in the same rounds as legacy\n');
    expect(text).not.toContain('× of legacy');
  });

  it('promises only the confidence of the least sure ratio', () => {
    const ratios = [ratioOf({ confidence: 0.9375 }), ratioOf({ metric: 'p95', confidence: 0.75 })];
    const text = render(rounds(createSampler()), { ...COMPARISON, ratios });
    expect(text).toContain('with 75 % confidence (93 % where rounds are many)');
  });

  it('takes the ratio of the same scenario', () => {
    const ratios = [ratioOf({ scenario: 'overflow', ratio: 9 }), ratioOf({})];
    expect(cells(render(rounds(createSampler()), { ...COMPARISON, ratios }), 'cte')).toContain(
      '2.50 [2.25 – 2.75]',
    );
  });

  it('puts a custom baseline before the built-in strategies', () => {
    const runs = rounds(createSampler(), ({ strategy }) =>
      strategy === 'legacy' ? { strategy: './mine.sql' } : {},
    );
    const text = render(runs.reverse(), { ...COMPARISON, baseline: './mine.sql' });
    expect(text.indexOf('  ./mine.sql')).toBeLessThan(text.indexOf('  cte'));
    expect(cells(text, './mine.sql')).toContain('baseline');
  });

  it('parts its blocks by one empty line', () => {
    expect(render(rounds(createSampler()))).not.toContain('\n\n\n');
  });

  it('marks each check with its result', () => {
    const checks: Comparison['checks'] = [
      { name: 'one', result: 'passed', observed: '1.27' },
      { name: 'two', result: 'failed', observed: '0.80' },
      { name: 'three', result: 'inconclusive', observed: 'nothing measured' },
    ];
    const text = render(rounds(createSampler()), { ...COMPARISON, checks });
    expect(text).toContain('✓ one  1.27\n✗ two  0.80\n? three  inconclusive: nothing measured\n');
  });

  it('says what is claimed, how sure it is, and of which scenarios nothing is', () => {
    const ratios = [ratioOf({}), ratioOf({ scenario: 'overflow' })];
    const claims = [
      claimOf({}),
      claimOf({ strategy: 'inventory', advisoryLocks: true, result: 'slower', pValue: 0.025 }),
      claimOf({ strategy: './mine.sql', result: 'inconclusive', pValue: 0.3, rounds: 7 }),
    ];
    const levels = { ...COMPARISON.levels, roundsToClaim: 8 };
    const text = render(rounds(createSampler()), { ...COMPARISON, ratios, claims, levels });
    expect(text).toContain(
      [
        'throughput against legacy; a report says anything false here with a probability of at most 2.5 %:',
        '  • high-concurrency · cte is faster (8 rounds, p = 0.016)',
        '  • high-concurrency · inventory + locks is slower (8 rounds, p = 0.025)',
        '  ? high-concurrency · ./mine.sql is proven neither faster nor slower (7 rounds, p = 0.300)',
        '  nothing of overflow: it takes 8 rounds, all valid',
      ].join('\n'),
    );
  });

  it('shows warnings', () => {
    const text = render(rounds(createSampler()), { ...COMPARISON, warnings: ['fsync was on and is off'] });
    expect(text).toContain('\n! fsync was on and is off\n');
  });

  it('ends as inconclusive only where nothing but evidence is missing', () => {
    const undecided = { name: 'three', result: 'inconclusive', observed: 'noise' } as const;
    const failed = { name: 'two', result: 'failed', observed: '0.80' } as const;
    const lastLine = (
      checks: Comparison['checks'],
      runs: readonly RunResult[],
      overrides: Partial<Report> = {},
    ) => {
      const report = reportOf(runs, { comparison: { ...COMPARISON, checks }, passed: false, ...overrides });
      return renderComparison(report, PLAIN, { width: WIDE }).trimEnd().split('\n').at(-1);
    };
    const good = rounds(createSampler());
    const bad = rounds(createSampler(), (run) => ({ passed: !isBadRound(run) }));
    expect(lastLine([undecided], good)).toMatch(/^INCONCLUSIVE {2}/);
    expect(lastLine([undecided], good, { passed: true })).toMatch(/^PASSED {2}/);
    expect(lastLine([undecided, failed], good)).toMatch(/^FAILED {2}/);
    expect(lastLine([undecided], bad)).toMatch(/^FAILED {2}/);
    expect(lastLine([undecided], good, { interrupted: 'SIGINT' })).toMatch(/^FAILED {2}/);
    expect(lastLine([undecided], good, { failure: { code: 'x', message: 'y' } })).toMatch(/^FAILED {2}/);
    expect(lastLine([], good)).toMatch(/^FAILED {2}/);
  });

  it('has a table for each scenario, the baseline first whatever the order of rounds', () => {
    const sampler = createSampler();
    const other = rounds(sampler, () => ({ scenario: 'overflow' }));
    const text = render([...rounds(sampler), ...other].reverse());
    const labels = text
      .split('\n')
      .flatMap((line) => /^ {2}(strategy|legacy|cte) {2}|^(high|over)/.exec(line)?.[1] ?? []);
    expect(labels).toEqual(['strategy', 'legacy', 'cte', 'strategy', 'legacy', 'cte']);
    expect(text.indexOf('overflow ·')).toBeLessThan(text.indexOf('high-concurrency ·'));
  });

  it('does without a comparison, when the work ended too early for one', () => {
    const report: Report = reportOf(rounds(createSampler()), { interrupted: 'SIGTERM', passed: false });
    const text = renderComparison(report, PLAIN, { width: WIDE });
    expect(text).not.toContain('× per s');
    expect(text).toMatch(/FAILED {2}verdict valid · 6 runs · interrupted by SIGTERM: results are partial\n$/);
  });

  it('has no escape codes without colours, and the same text with them', () => {
    const report = reportOf(rounds(createSampler()), { comparison: COMPARISON });
    const plain = renderComparison(report, PLAIN);
    const coloured = renderComparison(report, COLOURED);
    expect(stripVTControlCharacters(plain)).toBe(plain);
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it.each([80, 100, 120, 160])('stays within %d columns and keeps every column', (width) => {
    const path = `./${'strategies/'.repeat(12)}mine.sql`;
    const runs = rounds(createSampler(), ({ strategy, round }) => ({
      strategy: strategy === 'cte' ? path : strategy,
      expectedSuccesses: 1_000_000,
      outcomes: {
        created: 999_000 + round,
        reused: 0,
        assigned: 0,
        noSlot: 0,
        error: 0,
        unknown: 0,
        recovered: 0,
      },
    }));
    const comparison = {
      ...COMPARISON,
      ratios: COMPARISON.ratios.map((ratio) => ({ ...ratio, strategy: path })),
    };
    const text = renderComparison(reportOf(runs, { comparison }), PLAIN, { width });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    for (const head of [
      'success',
      'created',
      'mean',
      'p50',
      'p95',
      'p99',
      'per s',
      'trips',
      'server',
      'hit',
      'dirtied',
      'WAL',
      '× p95',
      'gates',
      'verdict',
    ]) {
      expect(text).toMatch(new RegExp(`^ {2}strategy .*${head}`, 'm'));
    }
    expect(text).toContain('…strategies/mine.sql  ');
  });
});
