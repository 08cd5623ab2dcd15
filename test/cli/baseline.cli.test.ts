import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefused, type BadInput, type Untouched } from './bad-input.js';
import { sleeps } from './broken-strategies.js';
import { compareDocumentOf, linesOf, runDocumentOf } from './document.js';
import { fingerprint, useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { IS_LONG } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const SHAPE = ['--duration', '200ms', '--batches', '10', '--workers', '1', '--connections', '2'];
const LOAD = ['--scenario', 'sustained', ...SHAPE, '--quiet', '--json'];
const CTE = readFileSync(new URL('../../sql/strategies/cte.sql', import.meta.url), 'utf8');

interface Document {
  schemaVersion: unknown;
  environment: Record<string, unknown>;
  rows: { strategy: string; shape: Record<string, unknown>; rounds: unknown[] }[];
}

let fast = '';
let slow = '';
let strategy = '';

/** Runs the strategy's file as it is now. */
const runStrategy = (...args: string[]) => database.run(['run', ...LOAD, '--strategy', strategy, ...args]);

/** The baseline of the fast strategy with something changed, as a new file. */
function changed(name: string, change: (document: Document) => void): string {
  const document = JSON.parse(readFileSync(fast, 'utf8')) as Document;
  change(document);
  return files.write(name, JSON.stringify(document));
}

beforeAll(async () => {
  strategy = sleeps(files);
  const slowSql = readFileSync(strategy, 'utf8').replace('pg_sleep(0.05)', 'pg_sleep(0.2)');
  writeFileSync(strategy, slowSql);
  slow = files.path('slow.json');
  fast = files.path('fast.json');
  const savedSlow = await runStrategy('--rounds', '4', '--save-baseline', slow);
  writeFileSync(strategy, CTE);
  const savedFast = await runStrategy('--rounds', '4', '--save-baseline', fast);
  files.write('slow.sql', slowSql);
  expect([savedSlow.code, savedFast.code]).toEqual([0, 0]);
  expect(runDocumentOf(savedFast).baseline).toBeUndefined();
});

describe('--save-baseline', () => {
  it('keeps every round of what passed', () => {
    const { rows } = JSON.parse(readFileSync(fast, 'utf8')) as Document;
    expect(rows).toMatchObject([{ scenario: 'sustained', strategy, advisoryLocks: false }]);
    expect(rows[0]?.rounds).toHaveLength(4);
  });

  it('leaves the file as it was where the result does not pass, and says so', async () => {
    const kept = files.write('kept.json', 'what was there');
    const finished = await runStrategy('--gate', 'p95 < 0ms', '--save-baseline', kept);
    expect(finished.code).toBe(1);
    expect(linesOf(finished.stderr)).toEqual([expect.stringMatching(/^--save-baseline .* did not pass$/)]);
    expect(readFileSync(kept, 'utf8')).toBe('what was there');
  });

  it('speaks of no earlier state where there was no file', async () => {
    const absent = files.path('absent.json');
    const finished = await runStrategy('--gate', 'p95 < 0ms', '--save-baseline', absent);
    expect(linesOf(finished.stderr)).toEqual([
      expect.stringMatching(/^--save-baseline .* was not written: the result did not pass$/),
    ]);
    expect(existsSync(absent)).toBe(false);
  });
});

describe('--baseline', () => {
  it('passes what is faster than it was', IS_LONG, async () => {
    const finished = await runStrategy('--rounds', '4', '--baseline', slow);
    const { baseline, passed } = runDocumentOf(finished);
    expect(baseline?.checks).toMatchObject([{ result: 'passed' }]);
    expect(baseline?.warnings).toEqual([]);
    expect({ passed, code: finished.code }).toEqual({ passed: true, code: 0 });
  });

  it('fails what is slower than it was', async () => {
    writeFileSync(strategy, readFileSync(files.path('slow.sql'), 'utf8'));
    const finished = await runStrategy('--rounds', '4', '--baseline', fast).finally(() =>
      writeFileSync(strategy, CTE),
    );
    const { baseline, passed, runs } = runDocumentOf(finished);
    expect(runs.map((run) => [run.round, run.passed])).toEqual([1, 2, 3, 4].map((round) => [round, true]));
    expect(baseline?.checks).toMatchObject([
      { name: `throughput / baseline.throughput >= 0.95 (sustained · ${strategy})`, result: 'failed' },
    ]);
    expect({ passed, code: finished.code }).toEqual({ passed: false, code: 1 });
  });

  it.each([
    [[], 1],
    [['--allow-inconclusive'], 0],
  ])('is inconclusive with too few rounds, and says how many decide: %j exits %d', async (flags, code) => {
    const junit = files.path('few.xml');
    const finished = await runStrategy('--baseline', fast, '--junit', junit, ...flags);
    expect(runDocumentOf(finished).baseline?.checks).toMatchObject([
      {
        result: 'inconclusive',
        observed: expect.stringContaining('at least 4 rounds can decide') as string,
      },
    ]);
    expect(finished.code).toBe(code);
    expect(readFileSync(junit, 'utf8').includes('<failure')).toBe(code === 1);
  });

  it('of compare judges the strategies that are in it, and warns of the others', IS_LONG, async () => {
    const strategies = ['--strategies', `cte,${strategy}`, '--rounds', '4', '--allow-inconclusive'];
    const finished = await database.run(['compare', ...LOAD, ...strategies, '--baseline', slow]);
    const { baseline, comparison } = compareDocumentOf(finished);
    expect(baseline?.checks).toMatchObject([{ result: 'passed' }]);
    expect(baseline?.warnings).toEqual(['baseline: sustained · cte is not in it']);
    expect(comparison.checks).toEqual([]);
    expect(finished.code).toBe(0);
  });

  it('compares what differs with --baseline-anyway, and warns of each', async () => {
    const other = changed('other.json', ({ environment, rows }) => {
      environment['cpus'] = 4096;
      environment['fsync'] = 'off';
      for (const { shape } of rows) shape['slots'] = 7;
    });
    const finished = await runStrategy('--baseline', other, '--baseline-anyway', '--allow-inconclusive');
    const { baseline } = runDocumentOf(finished);
    expect(baseline?.checks).toHaveLength(1);
    expect(baseline?.warnings).toEqual([
      'baseline: slots was 7 and is 500',
      expect.stringMatching(/^baseline: cpus was 4096 and is \d+$/),
      'baseline: fsync was off and is on',
    ]);
    expect(finished.code).toBe(0);
  });

  it('stands in the text, before the last line', async () => {
    const text = LOAD.filter((flag) => flag !== '--json');
    const { stdout } = await database.run(['run', ...text, '--strategy', strategy, '--baseline', fast]);
    expect(stdout).toMatch(/^against the baseline of [^]*^\? throughput [^]*^INCONCLUSIVE .*\n$/m);
  });
});

describe('a baseline that is refused', () => {
  let untouched: Untouched;
  beforeAll(async () => {
    untouched = { database, before: await fingerprint(database), missingSchema: 'never_set_up' };
  });

  const refusal = (path: string, ...says: string[]): BadInput => ({
    name: path,
    args: ['run', ...LOAD.filter((flag) => flag !== '--json'), '--strategy', strategy, '--baseline', path],
    says,
  });

  it.each<[name: string, content: string, says: string]>([
    ['prose.json', 'no baseline', 'line 1 column 1'],
    ['null.json', 'null', 'kind is missing; accepted: "els-assign-baseline"'],
    ['report.json', '{ "schemaVersion": 1, "runs": [] }', 'kind is missing; accepted: "els-assign-baseline"'],
    [
      'future.json',
      '{ "kind": "els-assign-baseline", "schemaVersion": 2 }',
      'schemaVersion is 2; accepted: 1',
    ],
    ['cut.json', '{ "kind": "els-assign-baseline", "schemaVersion": 1 }', 'tool is missing'],
  ])('%s', async (name, content, says) => {
    await expectRefused(refusal(files.write(name, content), name, says), untouched);
  });

  it('is no file', async () => {
    await expectRefused(refusal(files.path('missing.json'), 'missing.json', 'no such file'), untouched);
  });

  it('is named by a configuration file, from that file on', async () => {
    const config = files.write('with-baseline.json', JSON.stringify({ baseline: 'nowhere.json' }));
    const args = ['compare', '--config', config, '--quiet'];
    const says = [files.path('nowhere.json'), 'no such file'];
    await expectRefused({ name: 'configuration', args, says }, untouched);
  });

  it.each<[field: string, value: unknown, says: string]>([
    ['arrival', 'open', 'arrival was "open" and is "closed"'],
    ['slots', 7, 'slots was 7 and is 500'],
    ['workers', 9, 'workers was 9 and is 1'],
    ['rate', 900, 'rate was 900 and is none'],
    ['durationMs', undefined, 'durationMs was none and is 200'],
    ['rttMs', 2, 'rttMs was 2 and is 0'],
    ['slots', [7, 9], 'slots was [7,9] and is 500'],
    ['wire', true, 'wire was true and is false'],
    ['faults', [{ kind: 'lock-slots', atMs: 5 }], 'faults was [{"kind":"lock-slots","atMs":5}] and is []'],
  ])('was measured with another %s', async (field, value, says) => {
    const path = changed(`shape-${field}.json`, ({ rows }) => {
      for (const { shape } of rows) shape[field] = value;
    });
    await expectRefused(refusal(path, `${says}; --baseline-anyway compares all the same`), untouched);
  });

  it.each<[field: string, value: unknown, says: string]>([
    ['postgresVersion', '9.6.24', 'postgresVersion was 9 and is '],
    ['pooling', 'session', 'pooling was session and is none'],
    ['preparedStatements', false, 'preparedStatements was false and is true'],
    ['nodeVersion', '12.22.0', 'nodeVersion was 12 and is '],
    ['cpus', 4096, 'cpus was 4096 and is '],
    ['synchronousCommit', 'off', 'synchronousCommit was off and is on'],
    ['fsync', 'o\u001b[31mff', 'fsync was o\\u001b[31mff and is on'],
    ['fullPageWrites', 'off', 'fullPageWrites was off and is on'],
  ])('was measured with another %s', async (field, value, says) => {
    const path = changed(`environment-${field}.json`, ({ environment }) => {
      environment[field] = value;
    });
    await expectRefused(refusal(path, says, '--baseline-anyway'), untouched);
  });

  it('has none of the rows, or none that is compared', async () => {
    const path = changed('others.json', ({ rows }) => {
      for (const row of rows) row.strategy = 'legacy';
    });
    await expectRefused(refusal(path, `sustained · ${strategy} is not in it`), untouched);
    const args = ['run', '--strategy', strategy, '--baseline', fast];
    const says = ['only loads are compared'];
    await expectRefused({ name: 'bursts', args, says }, untouched);
  });

  it('cannot be written, or is asked of a sweep', async () => {
    const run = ['run', '--strategy', strategy];
    const folder = ['--save-baseline', files.folder('folder')];
    await expectRefused({ name: 'folder', args: [...run, ...folder], says: ['directory'] }, untouched);
    const sweep = ['--sweep', 'workers=1,2'];
    for (const flag of [
      ['--save-baseline', 'x'],
      ['--baseline', 'x'],
      ['--rounds', '2'],
    ]) {
      const args = [...run, ...sweep, ...flag];
      const says = [`'${flag[0]} <`, 'cannot be used with option', '--sweep'];
      await expectRefused({ name: flag.join(), args, says }, untouched);
    }
  });
});
