import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Finished } from '../support/command-line.js';
import { claimsToCreate, givesUpEarly, sleeps } from './broken-strategies.js';
import { compareDocumentOf, linesOf, type CompareDocument, type RunEntry } from './document.js';
import { chooseSeed, drawFrom, withDraws } from '../support/draws.js';
import { expectFullRun, STRATEGIES } from './expected.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { IS_LONG } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const ROUNDS = 2;
const FEW = ['--workers', '1', '--connections', '4'];

const unique = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];
const contender = (run: RunEntry): string => `${run.scenario} ${run.strategy} ${run.advisoryLocks}`;

const geometricMean = (values: readonly number[]): number =>
  values.reduce((product, value) => product * value, 1) ** (1 / values.length);

const seed = chooseSeed();

describe(`compare --json of two scenarios in two rounds, ELS_TEST_SEED=${seed}`, () => {
  const draw = drawFrom(seed);
  const shape = { batches: draw.integer(2, 6), slots: draw.integer(4, 12) };
  const scenarios = ['batch-completion', 'sustained'];
  let finished: Finished;
  let document: CompareDocument;

  beforeAll(async () => {
    const flags = [...['--batches', `${shape.batches}`, '--slots', `${shape.slots}`], ...FEW];
    const named = scenarios.flatMap((name) => ['--scenario', name]);
    finished = await database.run(['compare', ...named, '--rounds', `${ROUNDS}`, ...flags, '--json']);
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
        expect(found?.ratio).toBeCloseTo(geometricMean(paired), 6);
        expect(found?.low).toBeCloseTo(Math.min(...paired), 6);
        expect(found?.high).toBeCloseTo(Math.max(...paired), 6);
        expect(found?.confidence).toBeGreaterThan(0);
        expect(found?.confidence).toBeLessThan(1);
      }
    }
  });

  it('checks inventory against cte; two rounds prove nothing, and that is no pass', () => {
    const { checks, claims, levels } = document.comparison;
    expect(checks).toHaveLength(1);
    expect(checks[0]?.name).toMatch(/inventory.*cte.*sustained/);
    expect(checks[0]).toMatchObject({ result: 'inconclusive' });
    expect(checks[0]?.observed).toContain('at least 6 rounds can decide');
    expect(claims).toEqual([]);
    expect(levels.roundsToCheck).toBe(6);
    expect({ passed: document.passed, code: finished.code }).toEqual({ passed: false, code: 1 });
  });

  it('shows a line of progress for each run', () => {
    expect(linesOf(finished.stderr)).toHaveLength(document.runs.length);
  });
});

describe('compare of sustained', () => {
  const small = [
    ...['--scenario', 'sustained', '--batches', '4', '--slots', '50', '--duration', '200ms'],
    ...['--workers', '1', '--connections', '4'],
  ];

  it('ends as INCONCLUSIVE after too few rounds, and passes so if it may', async () => {
    const flags = [...small, '--strategies', 'cte,inventory', '--rounds', '1', '--quiet'];
    const red = await database.run(['compare', ...flags]);
    expect(red.stdout).toMatch(/^\? inventory.*\s+inconclusive: .*at least 6 rounds/m);
    expect(linesOf(red.stdout).at(-1)).toMatch(/^INCONCLUSIVE {2}verdict valid/);
    expect(red.code).toBe(1);

    const allowed = await database.run(['compare', ...flags, '--allow-inconclusive', '--json']);
    const { passed, comparison } = compareDocumentOf(allowed);
    expect(comparison.checks).toMatchObject([{ result: 'inconclusive' }]);
    expect({ passed, code: allowed.code }).toEqual({ passed: true, code: 0 });
  });

  it('calls a strategy slower that sleeps in each call, and exits by its check', IS_LONG, async () => {
    const slow = sleeps(files);
    const flags = [...small, '--strategies', `cte,inventory,${slow}`, '--rounds', '8', '--quiet', '--json'];
    const { code, ...finished } = await database.run(['compare', ...flags]);
    const { comparison, passed, verdict } = compareDocumentOf({ code, ...finished });
    expect(comparison.baseline).toBe('cte');
    expect(comparison.claims.map(({ strategy }) => strategy).sort()).toEqual([slow, 'inventory'].sort());
    expect(comparison.claims.find(({ strategy }) => strategy === slow)).toMatchObject({
      result: 'slower',
      pValue: 4 / 256,
      rounds: 8,
    });
    const [check] = comparison.checks;
    expect(verdict).toBe('valid');
    expect({ passed, code }).toEqual(
      check?.result === 'passed' ? { passed: true, code: 0 } : { passed: false, code: 1 },
    );
  });
});

describe('compare without sustained', () => {
  const bothFlags = {
    ELS_USE_CTE_UPSERT_ASSIGNMENT: 'true',
    ELS_USE_ESSAY_STATES_AS_INVENTORY: 'true',
    USE_ADVISORY_LOCKS_FOR_ASSIGNMENT: 'nonsense',
  };

  it("ignores the service's flags and has no check", async () => {
    const flags = ['--scenario', 'batch-completion', '--rounds', '1', '--strategies', 'legacy,cte', ...FEW];
    const finished = await database.run(['compare', ...flags, '--quiet', '--json'], bothFlags);
    const { runs, comparison, passed } = compareDocumentOf(finished);
    expect(unique(runs.map(({ strategy }) => strategy)).sort()).toEqual(['cte', 'legacy']);
    expect(unique(runs.map(({ advisoryLocks }) => advisoryLocks)).sort()).toEqual([false, true]);
    expect(comparison.checks).toEqual([]);
    expect({ passed, code: finished.code, stderr: finished.stderr }).toEqual({
      passed: true,
      code: 0,
      stderr: '',
    });
  });

  it('makes the checks of a scenario of the user, with a file among the strategies', async () => {
    const mine = files.write(
      'mine.sql',
      readFileSync(new URL('../../sql/strategies/cte.sql', import.meta.url), 'utf8'),
    );
    const check = `"${mine}".throughput >= 0.5 * cte.throughput`;
    const scenario = files.write(
      'checked.json',
      JSON.stringify({
        ...{ name: 'checked', description: 'Checked.', arrival: 'closed', duration: '200ms', batches: 4 },
        ...{ slots: 50, checks: [check, 'cte.throughput >= 2 * legacy.throughput'] },
      }),
    );
    const flags = ['--scenario', scenario, '--strategies', `cte,${mine}`, '--rounds', '1', ...FEW];
    const { comparison } = compareDocumentOf(await database.run(['compare', ...flags, '--json']));
    expect(comparison.strategies).toEqual(['cte', mine]);
    expect(comparison.checks).toMatchObject([{ name: `${check} (checked)`, result: 'inconclusive' }]);
    expect(comparison.checks[0]?.observed).toMatch(/ in 1 round; at least 6 rounds can decide$/);
  });

  it('shows a table with the ratios and PASSED as text', () =>
    withDraws(async (draw) => {
      const slots = draw.integer(5, 30);
      const load = ['--scenario', 'batch-completion', '--slots', `${slots}`, ...FEW];
      const flags = ['--rounds', `${ROUNDS}`, '--strategies', 'legacy,inventory', '--quiet'];
      const { code, stdout } = await database.run(['compare', ...load, ...flags]);
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
      const load = ['--scenario', 'idempotent-duplicates', '--deliveries', `${deliveries}`, ...FEW];
      const flags = ['--strategies', `legacy,${broken}`, '--rounds', '1', '--quiet', '--json'];
      const finished = await database.run(['compare', ...load, ...flags]);
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

  it('is red as text too: false exhaustion', IS_LONG, () =>
    withDraws(async (draw) => {
      const broken = givesUpEarly(files);
      const deliveries = draw.integer(30, 60);
      const load = ['--scenario', 'idempotent-duplicates', '--deliveries', `${deliveries}`];
      const flags = ['--strategies', `legacy,${broken}`, '--rounds', '1', '--quiet'];
      const { code, stdout } = await database.run(['compare', ...load, ...flags]);
      expect(stdout).toContain('gives-up-early.sql');
      expect(stdout).toMatch(/✗ .*is violated/);
      expect(stdout).toMatch(/verdict invalid/);
      expect(linesOf(stdout).at(-1)).toMatch(/^FAILED/);
      expect(code).toBe(1);
    }),
  );
});
