import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command-line.js';
import { runHosted } from '../support/hosted-command.js';
import { compareDocumentOf, failureOf, linesOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { IS_LONG } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const BURST = { name: 'few', description: 'a few contents', slots: 3, gates: ['error == 0'] };

/** A folder with a configuration, and a scenario file in scenarios/. */
function folderWith(name: string, config: unknown): string {
  const folder = files.folder(name);
  files.folder(`${name}/scenarios`);
  writeFileSync(join(folder, 'scenarios', 'few.json'), JSON.stringify(BURST));
  writeFileSync(join(folder, 'els-assign.config.json'), JSON.stringify(config));
  return folder;
}

const common = () => ({
  ...{ databaseUrlVariable: 'TRIAL_URL', schema: database.schema },
  ...{ strategies: ['cte', 'inventory'], scenarios: ['./scenarios/few.json'], gates: ['created == 3'] },
  ...{ rounds: 2, workers: 2, connections: 2, seed: 7, timeout: '20s', prepare: false },
});
const inEnvironment = () => ({ TRIAL_URL: database.url });

describe('a configuration file', () => {
  let folder = '';
  beforeAll(() => {
    folder = folderWith('found', common());
  });

  it('is found in the working directory, said on stderr, and decides what compare runs', async () => {
    const finished = await run(['compare', '--json'], inEnvironment(), folder);
    const { runs, passed, environment } = compareDocumentOf(finished);
    expect(environment.preparedStatements).toBe(false);
    expect(linesOf(finished.stderr)[0]).toBe('configuration file: els-assign.config.json');
    const shapes = runs.map(({ scenario, strategy, round, workers, connections, plan }) => ({
      ...{ scenario, strategy, round, workers, connections, seed: plan.seed },
    }));
    const shape = { scenario: 'few', workers: 2, connections: 2 };
    expect(shapes).toHaveLength(8);
    for (const round of [1, 2]) {
      for (const strategy of ['cte', 'inventory']) {
        expect(shapes).toContainEqual({ ...shape, round, strategy, seed: 6 + round });
      }
    }
    for (const { gates } of runs) {
      expect(gates.map(({ expression }) => expression)).toEqual(['error == 0', 'created == 3']);
    }
    expect({ passed, code: finished.code }).toEqual({ passed: true, code: 0 });
  });

  it('is overridden by flags', async () => {
    const flags = [
      '--strategies',
      'cte',
      '--rounds',
      '1',
      '--workers',
      '1',
      '--seed',
      '9',
      '--json',
      '--quiet',
    ];
    const finished = await run(['compare', ...flags], inEnvironment(), folder);
    const { runs } = compareDocumentOf(finished);
    expect(finished.stderr).toBe('');
    expect(runs.map(({ strategy, workers, plan }) => [strategy, workers, plan.seed])).toEqual([
      ['cte', 1, 9],
      ['cte', 1, 9],
    ]);
  });

  it('adds its gates to those of --gate, before them', IS_LONG, async () => {
    const path = files.write(
      'gates.json',
      JSON.stringify({ ...common(), scenarios: ['batch-completion'], gates: [' error == 0', 'created > 0'] }),
    );
    const flags = ['--rounds', '1', '--strategies', 'cte', '--gate', 'reused == 0', '--gate', 'created > 0'];
    const finished = await runHosted(['compare', '--config', path, ...flags, '--json'], inEnvironment());
    const gates = compareDocumentOf(finished).runs[0]?.gates.map(({ expression }) => expression);
    expect(gates?.filter((gate) => gate === 'created > 0')).toHaveLength(1);
    expect(gates?.indexOf('error == 0')).toBeLessThan(gates?.indexOf('created > 0') ?? 0);
    expect(gates?.at(-1)).toBe('reused == 0');
    expect(gates?.filter((gate) => gate.includes('error == 0'))).toEqual(['error == 0']);
  });

  it('makes an open loop of a scenario', IS_LONG, async () => {
    const stages = [
      { rate: 100, duration: '200ms' },
      { rate: 300, duration: '0s' },
      { rate: 300, duration: '100ms' },
    ];
    const open = { rate: 100, spacing: 'constant', stages, latencyLimit: '5s' };
    const shape = { scenarios: ['sustained'], strategies: ['cte'], rounds: 1, batches: 10, gates: [] };
    const path = files.write('open.json', JSON.stringify({ ...common(), ...shape, ...open }));
    const planOf = async (...flags: string[]) => {
      const args = ['compare', '--config', path, '--allow-inconclusive', '--json', ...flags];
      return compareDocumentOf(await runHosted(args, inEnvironment())).runs[0]?.plan;
    };
    expect(await planOf()).toMatchObject({
      ...{ arrival: 'open', rate: 100, spacing: 'constant', latencyLimitMs: 5_000 },
      stages: [
        { rate: 100, durationMs: 200 },
        { rate: 300, durationMs: 0 },
        { rate: 300, durationMs: 100 },
      ],
    });
    const flat = await planOf('--duration', '150ms', '--rate', '200', '--latency-limit', '3s');
    expect(flat).toMatchObject({ rate: 200, spacing: 'constant', latencyLimitMs: 3_000 });
    expect(flat).not.toHaveProperty('stages');
  });

  it('gives a file in a gate from its own folder on, as it gives the strategy', IS_LONG, async () => {
    const sql = readFileSync(new URL('../../sql/strategies/cte.sql', import.meta.url), 'utf8');
    files.folder('elsewhere');
    files.write('elsewhere/mine.sql', sql);
    const config = {
      ...{ ...common(), scenarios: ['batch-completion'], rounds: 1, strategies: ['cte', 'mine.sql'] },
      gates: ['"mine.sql".created == cte.created'],
    };
    const path = files.write('elsewhere/config.json', JSON.stringify(config));
    const finished = await runHosted(['compare', '--config', path, '--json'], inEnvironment());
    const { comparison } = compareDocumentOf(finished);
    expect(comparison.checks.at(-1)).toMatchObject({
      name: `gate "${files.path('elsewhere/mine.sql')}".created == cte.created (batch-completion)`,
      result: 'passed',
    });
  });

  it('fails a comparison by its gates', IS_LONG, async () => {
    const strict = files.write('strict.json', JSON.stringify({ ...common(), scenarios: ['overflow'] }));
    const flags = ['--rounds', '1', '--strategies', 'cte', '--quiet', '--json'];
    const finished = await runHosted(['compare', '--config', strict, ...flags], inEnvironment());
    const { runs } = compareDocumentOf(finished);
    expect(finished.code).toBe(1);
    expect(runs[0]?.gates.at(-1)).toMatchObject({ expression: 'created == 3', passed: false });
  });

  it('tells every command where the database is, and run nothing else', async () => {
    const shape = ['--scenario', 'batch-completion', '--connections', '1'];
    const args = ['run', '--strategy', 'cte', ...shape, '--json'];
    const finished = await run([...args, '--keep'], inEnvironment(), folder);
    expect(finished.code).toBe(0);
    const [row] = await database.query<{ batches: string }>(
      "select count(*)::text as batches from run_batches where run_id not like '%warm-up'",
    );
    expect(row?.batches).toBe('1');
    expect(JSON.parse(finished.stdout)).toMatchObject({ runs: [{ workers: 3, strategy: 'cte' }] });
  });

  it('takes its paths from its own folder on', async () => {
    const config = ['--config', join(folder, 'els-assign.config.json')];
    const flags = ['--strategies', 'cte', '--rounds', '1', '--json'];
    const finished = await runHosted(['compare', ...config, ...flags], inEnvironment());
    expect(compareDocumentOf(finished).runs[0]?.scenario).toBe('few');
  });

  it('gives way to --database-url', async () => {
    const args = [
      'compare',
      '--database-url',
      database.url,
      '--strategies',
      'cte',
      '--rounds',
      '1',
      '--json',
    ];
    expect((await run(args, {}, folder)).code).toBe(0);
  });
});

describe('a configuration file that is refused', () => {
  const secret = 'hush7261';
  const refused: [name: string, text: string, says: string[]][] = [
    ['a mistyped field', '{"round": 3}', ['unknown field "round"', 'did you mean rounds?']],
    ['a count', '{"rounds": 0}', ['rounds is 0', 'a whole number from 1 to 1000']],
    ['a duration', '{"timeout": "soon"}', ['timeout is "soon"', '250ms']],
    ['a gate', '{"gates": ["p95 <"]}', ['gates[0]', 'column']],
    ['a strategy', '{"strategies": ["ctee"]}', ['unknown strategy "ctee"', 'did you mean cte?']],
    ['a list', '{"scenarios": "sustained"}', ['scenarios is "sustained"', 'a list of 1 to 100']],
    ['a comma', '{"strategies": ["cte,legacy"]}', ['strategies[0]', 'without a comma']],
    ['its grammar', '{"rounds": 3,}', ['line 1 column 14']],
    ['a variable', '{"databaseUrlVariable": "TRIAL_URL"}', ['TRIAL_URL, which is not set', '--database-url']],
    [
      'a URL',
      `{"databaseUrlVariable": "postgres://me:${secret}@host/db"}`,
      ['the name of an environment variable', 'never the URL itself'],
    ],
    [
      'a URL as a seed',
      `{"seed": "postgres://me:${secret}@host/db"}`,
      ['seed is "postgres://me:***@host/db"'],
    ],
    [
      'both a duration and stages',
      '{"rate": 1, "duration": "1s", "stages": [{"rate": 1, "duration": "1s"}]}',
      ['duration', 'stages', 'one of them'],
    ],
    ['a stage', '{"stages": [{"rate": 1}]}', ['stages[0].duration is missing']],
    ['a rate', '{"rate": 0}', ['rate is 0', 'a whole number from 1 to 1000000']],
    ['a spacing', '{"spacing": "even"}', ['spacing is "even"', '"poisson" or "constant"']],
    ['a latency limit', '{"latencyLimit": "soon"}', ['latencyLimit is "soon"', '250ms']],
    [
      'a URL as a strategy',
      `{"strategies": ["postgres://me:${secret}@host/db"]}`,
      ['strategies[0]', 'no URL'],
    ],
    ['a URL as a field', `{"postgres://me:${secret}@host/db": 1}`, ['unknown field']],
  ];

  it.concurrent.each(refused)('%s', async (name, text, says) => {
    const path = files.write(`${name}.json`, text);
    const finished = await runHosted(['compare', '--config', path, '--quiet', '--json']);
    expect(finished.code).toBe(2);
    const { message } = failureOf(finished);
    expect(linesOf(finished.stderr)[0]).toBe(`els-assign: ${message}`);
    for (const words of says) expect(message).toContain(words);
    expect(finished.stdout + finished.stderr).not.toContain(secret);
  });

  it.each([
    ['configuration', 'compare', '--config'],
    ['scenario', 'run', '--scenario'],
  ])('points at what is wrong with a gate of a %s', async (kind, command, flag) => {
    const shape = { name: 'mine', description: 'mine', slots: 1 };
    const file = { ...(kind === 'scenario' && shape), gates: ['error == 0', 'p95 < 500'] };
    const path = files.write(`caret-${kind}.json`, JSON.stringify(file, null, 2));
    const { code, stderr } = await runHosted([command, flag, path, '--quiet']);
    const line =
      JSON.stringify(file, null, 2)
        .split('\n')
        .findIndex((each) => each.includes('p95')) + 1;
    expect({ code, lines: stderr.split('\n') }).toEqual({
      code: 2,
      lines: [
        expect.stringMatching(
          `line ${line} column 5, gates\\[1\\]: gate "p95 < 500": column 7: a unit`,
        ) as string,
        '  p95 < 500',
        '        ^',
        '',
      ],
    });
  });

  it('does not repeat a password below a gate, and points at its place', async () => {
    const gate = `"postgres://me:${secret}@host/db".p95 < 5`;
    const path = files.write('secret-gate.json', JSON.stringify({ gates: [gate] }));
    const { stderr } = await runHosted(['compare', '--config', path, '--quiet']);
    expect(stderr).not.toContain(secret);
    expect(linesOf(stderr)[2]?.indexOf('^')).toBe(gate.length - 1 + 2);
  });

  it('is missing', async () => {
    const { code, stderr } = await runHosted(['setup', '--config', files.path('nowhere.json')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot read configuration file .*nowhere\.json.*: no such file/);
  });

  it('names a variable that holds no URL', async () => {
    const path = files.write('variable.json', '{"databaseUrlVariable": "TRIAL_URL"}');
    const { code, stderr } = await runHosted(['setup', '--config', path], { TRIAL_URL: 'mysql://x' });
    expect(code).toBe(2);
    expect(stderr).toContain('TRIAL_URL: the URL does not begin with postgres://');
  });
});
