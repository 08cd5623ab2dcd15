import { beforeAll, describe, expect, it } from 'vitest';
import type { Finished } from '../support/command-line.js';
import { claimsToCreate, givesUpEarly } from './broken-strategies.js';
import { compareDocumentOf, linesOf, type CompareDocument, type RunEntry } from './document.js';
import { chooseSeed, drawFrom, withDraws } from './draws.js';
import { expectFullRun, STRATEGIES } from './expected.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const ROUNDS = 2;

const unique = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];
const contender = (run: RunEntry): string => `${run.scenario} ${run.strategy} ${run.advisoryLocks}`;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

const seed = chooseSeed();

describe(`compare --json of two scenarios in two rounds, ELS_TEST_SEED=${seed}`, () => {
  const draw = drawFrom(seed);
  const shape = { batches: draw.integer(2, 6), slots: draw.integer(4, 12) };
  const scenarios = ['batch-completion', 'sustained'];
  let finished: Finished;
  let document: CompareDocument;

  beforeAll(async () => {
    const flags = ['--batches', `${shape.batches}`, '--slots', `${shape.slots}`, '--workers', '2'];
    const named = scenarios.flatMap((name) => ['--scenario', name]);
    finished = await database.execute(['compare', ...named, '--rounds', `${ROUNDS}`, ...flags, '--json']);
    document = compareDocumentOf(finished);
  });

  it('runs every strategy in every round, round by round', () => {
    const { runs } = document;
    const rounds = runs.map(({ round }) => round);
    expect(rounds).toEqual([...rounds].sort((a, b) => a - b));
    expect(unique(rounds)).toHaveLength(ROUNDS);

    const expected = STRATEGIES.flatMap((strategy) => [
      `batch-completion ${strategy} false`,
      `batch-completion ${strategy} true`,
      `sustained ${strategy} false`,
    ]).sort();
    for (const round of unique(rounds)) {
      const ofRound = runs.filter((run) => run.round === round);
      expect(ofRound.map(contender).sort()).toEqual(expected);
      expect(unique(ofRound.map((run) => run.plan.seed))).toHaveLength(1);
    }
    const firsts = unique(rounds).map((round) => runs.find((run) => run.round === round));
    expect(unique(firsts.map((run) => run && contender(run)))).toHaveLength(ROUNDS);
  });

  it('delivers and verifies each run', () => {
    for (const run of document.runs) {
      expect(run.plan).toMatchObject(shape);
      expectFullRun(run);
    }
    expect(document.verdict).toBe('valid');
  });

  it('divides every other strategy by legacy', () => {
    const { baseline, rounds, ratios } = document.comparison;
    expect({ baseline, rounds }).toEqual({ baseline: 'legacy', rounds: ROUNDS });
    for (const scenario of scenarios) {
      const throughputs = (strategy: string, locks: boolean): number[] =>
        document.runs
          .filter((run) => contender(run) === `${scenario} ${strategy} ${locks}`)
          .map((run) => run.throughputPerSecond);
      const base = throughputs('legacy', false);
      for (const strategy of STRATEGIES.filter((name) => name !== baseline)) {
        const found = ratios.find(
          (each) =>
            each.scenario === scenario &&
            each.strategy === strategy &&
            !each.advisoryLocks &&
            each.metric === 'throughput',
        );
        const paired = throughputs(strategy, false).map((value, round) => value / (base[round] ?? NaN));
        expect(found?.ratio).toBeCloseTo(median(throughputs(strategy, false)) / median(base), 6);
        expect(found?.low).toBeCloseTo(Math.min(...paired), 6);
        expect(found?.high).toBeCloseTo(Math.max(...paired), 6);
        expect(found?.confidence).toBeGreaterThan(0);
        expect(found?.confidence).toBeLessThan(1);
      }
    }
  });

  it('checks inventory against cte, and its exit code follows the checks', () => {
    const { checks } = document.comparison;
    expect(checks.length).toBeGreaterThan(0);
    for (const { name } of checks) expect(name).toMatch(/inventory.*cte.*sustained/);
    const passed = checks.every(({ result }) => result === 'passed');
    expect(document.passed).toBe(passed);
    expect(finished.code).toBe(passed ? 0 : 1);
  });

  it('shows a line of progress for each run', () => {
    expect(linesOf(finished.stderr)).toHaveLength(document.runs.length);
  });
});

describe('compare without sustained', () => {
  const bothFlags = {
    ELS_USE_CTE_UPSERT_ASSIGNMENT: 'true',
    ELS_USE_ESSAY_STATES_AS_INVENTORY: 'true',
    USE_ADVISORY_LOCKS_FOR_ASSIGNMENT: 'nonsense',
  };

  it("ignores the service's flags and has no check", async () => {
    const flags = ['--scenario', 'batch-completion', '--rounds', '1', '--strategies', 'legacy,cte'];
    const finished = await database.execute(['compare', ...flags, '--quiet', '--json'], bothFlags);
    const { runs, comparison, passed } = compareDocumentOf(finished);
    expect(unique(runs.map(({ strategy }) => strategy)).sort()).toEqual(['cte', 'legacy']);
    expect(unique(runs.map(({ advisoryLocks }) => advisoryLocks))).toEqual([false, true]);
    expect(comparison.checks).toEqual([]);
    expect({ passed, code: finished.code, stderr: finished.stderr }).toEqual({
      passed: true,
      code: 0,
      stderr: '',
    });
  });

  it('shows a table with the ratios and PASSED as text', () =>
    withDraws(async (draw) => {
      const slots = draw.integer(5, 30);
      const load = ['--scenario', 'batch-completion', '--slots', `${slots}`];
      const flags = ['--rounds', `${ROUNDS}`, '--strategies', 'legacy,inventory', '--quiet'];
      const { code, stdout } = await database.execute(['compare', ...load, ...flags]);
      const lines = linesOf(stdout);
      expect(stdout).toMatch(/ strategy .*success/);
      expect(stdout).toContain('× per s');
      expect(stdout).toContain('× p95');
      const rows = lines.filter((line) => /^ +inventory .*\d \[[\d.]+ – [\d.]+\]/.test(line));
      expect(rows.length).toBeGreaterThan(0);
      expect(stdout).toMatch(/^ +legacy .*baseline/m);
      expect(stdout).toMatch(new RegExp(`^ +inventory +${slots}/${slots} `, 'm'));
      expect(lines.at(-1)).toMatch(/^PASSED/);
      expect(code).toBe(0);
    }));
});

describe('compare with a broken strategy', () => {
  it('is red and proves it with witnesses: created for reused', () =>
    withDraws(async (draw) => {
      const broken = claimsToCreate(files);
      const deliveries = draw.integer(5, 30);
      const load = ['--scenario', 'idempotent-duplicates', '--deliveries', `${deliveries}`];
      const flags = ['--strategies', `legacy,${broken}`, '--rounds', '1', '--quiet', '--json'];
      const finished = await database.execute(['compare', ...load, ...flags]);
      const { runs, passed, verdict } = compareDocumentOf(finished);
      for (const run of runs) {
        const sound = run.strategy === 'legacy';
        expect([run.strategy, run.passed, run.verdict]).toEqual([
          run.strategy,
          sound,
          sound ? 'valid' : 'invalid',
        ]);
        const witnesses = run.invariants.filter((each) => !each.passed).flatMap((each) => each.witnesses);
        expect(witnesses.length > 0).toBe(!sound);
      }
      expect(runs.some((run) => run.strategy.endsWith('claims-to-create.sql'))).toBe(true);
      expect({ passed, verdict, code: finished.code }).toEqual({
        passed: false,
        verdict: 'invalid',
        code: 1,
      });
    }));

  it('is red as text too: false exhaustion', () =>
    withDraws(async (draw) => {
      const broken = givesUpEarly(files);
      const deliveries = draw.integer(30, 60);
      const load = ['--scenario', 'idempotent-duplicates', '--deliveries', `${deliveries}`];
      const flags = ['--strategies', `legacy,${broken}`, '--rounds', '1', '--quiet'];
      const { code, stdout } = await database.execute(['compare', ...load, ...flags]);
      expect(stdout).toContain('gives-up-early.sql');
      expect(stdout).toMatch(/✗ .*is violated/);
      expect(stdout).toMatch(/verdict invalid/);
      expect(linesOf(stdout).at(-1)).toMatch(/^FAILED/);
      expect(code).toBe(1);
    }));
});
