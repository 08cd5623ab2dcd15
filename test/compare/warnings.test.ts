import { describe, expect, it } from 'vitest';
import { environmentDifferences } from '#els/compare/environment.js';
import { findWarnings } from '#els/compare/warnings.js';
import type { RunResult } from '#els/domain/run-result.js';
import { createSampler, ENVIRONMENT, type RunOverrides } from '../report/sample.js';

const BASELINE = { strategy: 'legacy' };

/** Rounds in which legacy makes 100 a second and cte as many as stated. */
function roundsOf(cte: readonly number[], overrides: RunOverrides = {}): RunResult[] {
  const { run } = createSampler();
  return cte.flatMap((throughputPerSecond, at) => [
    run({ strategy: 'legacy', throughputPerSecond: 100, round: at + 1 }),
    run({ strategy: 'cte', throughputPerSecond, round: at + 1, ...overrides }),
  ]);
}

describe('findWarnings', () => {
  it('names the round that lies far from the others, and its ratio', () => {
    expect(findWarnings(roundsOf([200, 205, 195, 20, 202, 198]), BASELINE)).toEqual([
      'high-concurrency · cte: round 4 is an outlier, 0.20 times the throughput of legacy: was the machine busy with something else?',
    ]);
  });

  it('says nothing of rounds that are alike, nor of too few to tell', () => {
    expect(findWarnings(roundsOf([200, 205, 195, 210, 202, 198]), BASELINE)).toEqual([]);
    expect(findWarnings(roundsOf([200, 205, 195, 20, 202]), BASELINE)).toEqual([]);
  });

  it('counts the rounds in which the tool set the pace', () => {
    const free = roundsOf([200, 200]);
    const saturated = roundsOf([200, 200, 200], { advisoryLocks: true, client: { saturated: true } });
    expect(findWarnings([...free, ...saturated.slice(3)], BASELINE)).toEqual([
      "high-concurrency · cte + locks: the tool set the pace in 2 of 2 rounds: ratios are nearer to 1 than the server's",
    ]);
  });
});

describe('environmentDifferences', () => {
  it('names each setting that differs', () => {
    expect(environmentDifferences(ENVIRONMENT, { ...ENVIRONMENT })).toEqual([]);
    expect(environmentDifferences({ ...ENVIRONMENT, fsync: 'off', cpus: 4 }, ENVIRONMENT)).toEqual([
      'cpus was 2 and is 4',
      'fsync was on and is off',
    ]);
  });
});
