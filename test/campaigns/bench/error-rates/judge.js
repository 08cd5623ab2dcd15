import { checksOf } from '#els/app/gates.js';
import { buildComparison } from '#els/compare/compare.js';
import { loadScenario } from '#els/scenario/load.js';

const CHECKS = checksOf([await loadScenario('sustained')]);

const NOT_MEASURED = { mean: NaN, p50: NaN, p95: NaN, p99: NaN };

/**
 * What the tool says of these rounds: its claim on the subject, and the check of `sustained` as if the subject were `inventory`.
 *
 * @param {[subject: number, reference: number][]} rounds throughput per second
 * @returns {{ claim: 'faster' | 'slower' | 'inconclusive', check: 'passed' | 'failed' | 'inconclusive' }}
 */
export function judge(rounds) {
  const runs = rounds.flatMap(([subject, reference], at) => [
    toRun('inventory', subject, at + 1),
    toRun('cte', reference, at + 1),
  ]);
  const { claims, checks } = buildComparison(/** @type {any} */ (runs), {
    strategies: ['cte', 'inventory'],
    checks: CHECKS,
  });
  return { claim: claims[0]?.result ?? 'inconclusive', check: checks[0]?.result ?? 'inconclusive' };
}

function toRun(strategy, throughputPerSecond, round) {
  return {
    scenario: 'sustained',
    strategy,
    advisoryLocks: false,
    round,
    complete: true,
    verdict: 'valid',
    notes: [],
    plan: { arrival: 'closed' },
    throughputPerSecond,
    latencyMicros: NOT_MEASURED,
    client: { saturated: null },
  };
}
