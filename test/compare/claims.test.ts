import { describe, expect, it } from 'vitest';
import { makeClaims } from '#els/compare/claims.js';
import type { RunResult } from '#els/domain/run-result.js';
import { createSampler, type RunOverrides } from '../report/sample.js';

const BASELINE = { strategy: 'legacy' };
const UP = [1.1, 1.2, 1.3, 1.15, 1.25, 1.18, 1.22, 1.4];
const FLAT = Array<number>(UP.length).fill(1);

/** Rounds of each strategy with these throughputs. */
function runsOf(
  throughputs: Readonly<Record<string, readonly number[]>>,
  overrides: RunOverrides = {},
): RunResult[] {
  const { run } = createSampler();
  return Object.entries(throughputs).flatMap(([strategy, values]) =>
    values.map((throughputPerSecond, at) =>
      run({ strategy, throughputPerSecond, round: at + 1, ...overrides }),
    ),
  );
}

const claimsOf = (runs: readonly RunResult[]) =>
  makeClaims(runs, BASELINE).map(({ strategy, result, pValue }) => [strategy, result, pValue]);

describe('makeClaims', () => {
  it('calls faster and slower what is so in every round', () => {
    const down = UP.map((value) => 1 / value);
    expect(claimsOf(runsOf({ legacy: FLAT, cte: UP }))).toEqual([['cte', 'faster', 2 / 256]]);
    expect(claimsOf(runsOf({ legacy: FLAT, cte: down }))).toEqual([['cte', 'slower', 2 / 256]]);
  });

  it('claims nothing of open loops, whose schedule sets their throughput', () => {
    expect(claimsOf(runsOf({ legacy: FLAT, cte: UP }, { plan: { arrival: 'open' } }))).toEqual([]);
  });

  it('pairs rounds: what slows all strategies in one round alike changes nothing', () => {
    const slow = [1, 1, 0.2, 1, 0.3, 1, 1, 0.5];
    const throughputs = { legacy: slow, cte: UP.map((value, at) => value * (slow[at] ?? NaN)) };
    expect(claimsOf(runsOf(throughputs))).toEqual([['cte', 'faster', 2 / 256]]);
  });

  it('claims nothing of equal strategies', () => {
    const noise = UP.map((value, at) => (at % 2 === 0 ? value : 1 / value));
    expect(claimsOf(runsOf({ legacy: FLAT, cte: FLAT }))).toEqual([['cte', 'inconclusive', 1]]);
    expect(claimsOf(runsOf({ legacy: FLAT, cte: noise }))).toEqual([
      ['cte', 'inconclusive', expect.any(Number)],
    ]);
  });

  it('adjusts for two claims of each row', () => {
    // 4 claims: 4/256, then at least 3/256
    expect(claimsOf(runsOf({ legacy: FLAT, cte: UP, inventory: UP }))).toEqual([
      ['cte', 'faster', 4 / 256],
      ['inventory', 'faster', 4 / 256],
    ]);
    const seven = (values: readonly number[]): number[] => values.slice(0, 7);
    const throughputs = { legacy: seven(FLAT), cte: seven(UP) };
    expect(claimsOf(runsOf(throughputs))).toEqual([['cte', 'faster', 2 / 128]]);
    expect(claimsOf(runsOf({ ...throughputs, inventory: seven(UP) }))).toEqual([
      ['cte', 'inconclusive', 4 / 128],
      ['inventory', 'inconclusive', 4 / 128],
    ]);
  });

  it('leaves out rows of too few rounds, which then cost the others nothing', () => {
    const bursts = runsOf(
      { legacy: [1, 1, 1], cte: [2, 2, 2], inventory: [3, 3, 3] },
      { scenario: 'overflow' },
    );
    const six = runsOf({ legacy: FLAT.slice(2), cte: UP.slice(2) }, { scenario: 'cross-instance' });
    expect(claimsOf([...bursts, ...six, ...runsOf({ legacy: FLAT, cte: UP })])).toEqual([
      ['cte', 'faster', 2 / 256],
    ]);
  });

  it.each(['legacy', 'cte'])('claims nothing on runs that are not valid: %s', (spoilt) => {
    const runs = runsOf({ legacy: FLAT, cte: UP }).map((run) =>
      run.strategy === spoilt && run.round === 3 ? { ...run, verdict: 'unknown' as const } : run,
    );
    expect(claimsOf(runs)).toEqual([]);
  });

  it('names the row and its rounds', () => {
    const runs = runsOf({ legacy: FLAT, cte: UP }, { scenario: 'sustained', advisoryLocks: true });
    expect(makeClaims(runs, BASELINE)).toMatchObject([
      { scenario: 'sustained', strategy: 'cte', advisoryLocks: true, rounds: 8 },
    ]);
  });

  it('is seldom wrong in anything it says of several equal strategies', () => {
    const { integer } = createSampler();
    const random = (): number[] => FLAT.map(() => Math.exp(integer(-1000, 1000) / 5000));
    const reports = 1_000;
    let wrong = 0;
    for (let report = 0; report < reports; report += 1) {
      const claims = makeClaims(
        runsOf({ legacy: random(), a: random(), b: random(), c: random() }),
        BASELINE,
      );
      wrong += claims.some(({ result }) => result !== 'inconclusive') ? 1 : 0;
    }
    expect(wrong / reports).toBeLessThan(0.025 + 5 * Math.sqrt((0.025 * 0.975) / reports));
  });
});
