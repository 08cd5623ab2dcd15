import type { Comparison, InvariantResult, Report, RunResult } from '#els/domain/run-result.js';
import { createSampler, reportOf } from './sample.js';

/** What Markdown, HTML, XML and GitHub would each act on. */
export const HOSTILE = 'a|b <b>`x`</b> ]]> & **c** \u0000\u001b[2J\ud800 \r\n::error::% $d$ </pre>';

export const VIOLATED: InvariantResult = {
  name: 'no-essay-given-twice',
  passed: false,
  witnesses: [{ essay_id: 'essay-7', content: HOSTILE }],
  timeline: [],
};

export const CHECKS: Comparison['checks'] = [
  { name: 'inventory.throughput >= 0.95 * cte.throughput (sustained)', result: 'passed', observed: '1.28' },
  { name: 'cte.p95 < 1ms (sustained)', result: 'failed', observed: 'cte.p95 = 2ms' },
  { name: 'cte.p50 < 1ms (sustained)', result: 'inconclusive', observed: 'no round' },
];

/** A comparison that says nothing. */
export const COMPARISON: Comparison = {
  strategies: ['legacy', 'cte', 'inventory', HOSTILE],
  ...{ baseline: 'legacy', rounds: 2, ratios: [], checks: [], claims: [], warnings: [] },
  levels: { checkLevel: 0.025, claimsLevel: 0.025, roundsToCheck: 6, roundsToClaim: 7 },
};

/** A comparison in which something of every kind went wrong. */
export function failingReport(overrides: Partial<Report> = {}): Report {
  const { run } = createSampler();
  const runs: RunResult[] = [
    run({ strategy: 'legacy' }),
    run({ strategy: 'legacy', round: 2, notes: [HOSTILE] }),
    run({ strategy: HOSTILE, verdict: 'invalid', passed: false, invariants: [VIOLATED] }),
    run({
      strategy: 'cte',
      advisoryLocks: true,
      passed: false,
      gates: [{ expression: 'p95 < 1ms * 1', observed: 'p95 = 2ms', passed: false }],
    }),
    run({ strategy: 'inventory', verdict: 'unknown', passed: false, notes: ['a fault struck nothing'] }),
  ];
  return reportOf(runs, {
    comparison: { ...COMPARISON, checks: CHECKS },
    verdict: 'invalid',
    passed: false,
    ...overrides,
  });
}
