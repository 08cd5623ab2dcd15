import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { badScenarios, badStrategies } from './bad-files.js';
import { expectRefused, type BadInput, type Untouched } from './bad-input.js';
import { fingerprint, useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();
const secret = `hush${randomBytes(6).toString('hex')}`;

const MISSING = 'never_set_up';
const FOREIGN = 'somebody_elses';

let before: string[] = [];
const untouched = (): Untouched => ({ database, before, missingSchema: MISSING });

beforeAll(async () => {
  const load = ['--scenario', 'batch-completion', '--slots', '3', '--keep', '--quiet'];
  const kept = await database.run(['run', ...load]);
  expect(kept.code).toBe(0);
  await database.query(`create schema ${FOREIGN}`);
  await database.query(`create table ${FOREIGN}.essay_states as select 'precious' as essay_id`);
  before = await fingerprint(database);
});

const ofRun = (name: string, args: string[], ...says: string[]): BadInput => ({
  name,
  args: ['run', ...args],
  says,
});

const textOnly = (input: BadInput): BadInput => ({ ...input, only: 'text' });

describe('the database of these tests', () => {
  it('shows every write in its fingerprint', async () => {
    const added = `insert into ${FOREIGN}.essay_states values ('another')`;
    await database.query(added);
    const changed = await fingerprint(database);
    await database.query(`delete from ${FOREIGN}.essay_states where essay_id = 'another'`);
    expect(changed).not.toEqual(before);
    expect(await fingerprint(database)).toEqual(before);
    expect(before.join('\n')).toContain('run_batches 1');
  });
});

describe('a count', () => {
  const counts: [command: string, flag: string, most: number][] = [
    ['run', '--slots', 1_000_000],
    ['compare', '--contents', 10_000_000],
    ['run', '--deliveries', 10_000_000],
    ['run', '--batches', 100_000],
    ['run', '--workers', 64],
    ['compare', '--connections', 256],
    ['run', '--bulk', 1_000],
    ['run', '--rate', 1_000_000],
    ['compare', '--rounds', 1_000],
  ];
  // Which values are counts: flag-values.test.ts. That each flag knows its own bound, and is refused before anything:
  it.concurrent.each(counts)('%s %s', async (command, flag, most) => {
    const args = [command, '--scenario', 'overflow', flag, String(most + 1)];
    const says = [`${flag} is`, `accepted: a whole number from 1 to ${most}`];
    await expectRefused({ name: flag, args, says, only: 'text' }, untouched());
  });
});

let scenarioFiles = 0;

/** Flags that give scenario files of these names. */
function scenariosNamed(...names: string[]): string[] {
  return names.flatMap((name) => {
    const text = JSON.stringify({ name, description: 'a scenario', slots: 1 });
    return ['--scenario', files.write(`named-${++scenarioFiles}.json`, text)];
  });
}

const refused: BadInput[] = [
  ofRun('unknown strategy', ['--strategy', 'ctee'], 'ctee', 'legacy', 'cte', 'inventory'),
  { name: 'unknown strategy to compare', args: ['compare', '--strategies', 'cte,b'], says: ['"b"', 'cte'] },
  {
    name: 'a strategy twice to compare',
    args: ['compare', '--strategies', 'cte,legacy, cte'],
    says: ['cte twice', 'each strategy once'],
  },
  ofRun(
    'a lock of a session that keeps nothing',
    ['--strategy', 'legacy', '--advisory-locks', '--no-prepare'],
    '--no-prepare',
    'accepted: legacy without advisory locks',
  ),
  {
    name: 'a lock of a session that keeps nothing, to compare',
    args: ['compare', '--scenario', 'sustained', '--advisory-locks', '--no-prepare'],
    says: ['--no-prepare', 'accepted: legacy without advisory locks'],
  },
  { name: 'no strategy to compare', args: ['compare', '--strategies', ''], says: ['strategy'] },
  {
    name: 'strategies to roll out',
    args: ['compare', '--rollout', '--strategies', 'cte'],
    says: ['--rollout', '--strategies'],
  },
  {
    name: 'a baseline of a rollout',
    args: ['compare', '--rollout', '--save-baseline', 'b.json'],
    says: ['--rollout', '--save-baseline'],
  },
  {
    name: 'a scenario without a rollout to roll out',
    args: ['compare', '--rollout', '--scenario', 'sustained'],
    says: ['sustained', 'no rollout', 'accepted'],
  },
  {
    name: 'a scenario that changes strategies to compare them',
    args: ['compare', '--scenario', 'rollout'],
    says: ['rollout', 'changes strategies', 'compare --rollout'],
  },
  {
    name: 'a rollout to what assigns one at a time, in bulk',
    args: ['run', '--strategy', 'cte', '--scenario', 'rollout', '--bulk', '10'],
    says: ['bulk 10', 'legacy'],
  },
  {
    name: 'a migration to be killed where there is none',
    args: ['run', '--scenario', 'sustained', '--fault', 'kill-migration'],
    says: ['kill-migration', 'sustained', 'rollout'],
  },
  {
    name: 'both flags',
    args: ['run'],
    env: { ELS_USE_CTE_UPSERT_ASSIGNMENT: 'true', ELS_USE_ESSAY_STATES_AS_INVENTORY: 'true' },
    says: ['ELS_USE_CTE_UPSERT_ASSIGNMENT', 'ELS_USE_ESSAY_STATES_AS_INVENTORY'],
  },
  ofRun('too many slots together', ['--batches', '90000', '--slots', '900000'], '--batches', '--slots'),
  ofRun('duration of a burst', ['--scenario', 'overflow', '--duration', '3s'], '--duration', 'overflow'),
  ...['', '0', '-1s', 'soon', '99999m'].map((given) =>
    textOnly(ofRun(`duration ${given}`, ['--scenario', 'sustained', '--duration', given], '--duration')),
  ),
  ...['', '-1', 'abc', '4294967296'].map((given) =>
    textOnly(ofRun(`seed ${given}`, ['--seed', given], '--seed')),
  ),
  ...(
    [
      ['run', 'p95 < 500', 7, ['500ms']],
      ['run', 'created = 1', 9, ['column 9']],
      ['run', 'inventory.p95 < 1s', 1, ['"inventory" is not compared', '`compare`']],
      ['compare', 'cte.p95 < legasy.p95', 11, ['"legasy" is not compared', 'did you mean legacy?']],
      ['compare', 'cte.p95 < p95', 11, ['p95 has no strategy']],
    ] as const
  ).map(([command, gate, column, says]): BadInput => ({
    name: `gate ${gate}`,
    args: [command, '--gate', 'error == 0', '--gate', gate],
    points: [gate, column],
    says,
  })),
  ...(['--junit', '--markdown'] as const).flatMap((flag) =>
    [
      ['', 'no file'],
      ['-', 'no file'],
      [files.path(''), 'directory'],
      [files.path('missing/report'), 'no such file'],
      ['/dev/null', 'not a regular file'],
      [files.path('n'.repeat(300)), 'name too long'],
    ].map(([path = '', problem = ''], position): BadInput => ({
      name: `${flag} ${path}`,
      args: [position % 2 === 0 ? 'run' : 'compare', flag, path],
      says: [flag, problem],
      only: position % 2 === 0 ? 'json' : 'text',
    })),
  ),
  ofRun(
    'two scenarios of one name',
    scenariosNamed('mine', 'mine'),
    'two scenarios',
    'mine',
    'each name once',
  ),
  {
    name: 'a built-in scenario and a file of its name',
    args: ['compare', '--scenario', 'overflow', ...scenariosNamed('overflow')],
    says: ['two scenarios', 'overflow'],
  },
  ...['\u001b[31m', '\u009b31m', '\u202e', '\n'].map((invisible, position): BadInput => {
    const path = files.write(`red${invisible}.sql`, '-- inventory: slots\nselect 1');
    const flag = position % 2 === 0 ? ['run', '--strategy'] : ['compare', '--strategies'];
    return {
      name: `a strategy whose name has the control character ${position}`,
      args: [...flag, path],
      says: ['red\\', 'control'],
      hides: [invisible === '\n' ? 'red\n' : invisible],
    };
  }),
  ...['--junit', '--history', '--scenario', '--config', '--baseline'].map((flag): BadInput => ({
    name: `${flag} with control characters`,
    args: ['run', '--scenario', 'sustained', flag, '/no\u001b[31m/\u009b.json'],
    says: ['/no\\u001b[31m/\\u009b.json'],
    hides: ['\u001b', '\u009b'],
    only: 'text',
  })),
  textOnly(ofRun('a flag with control characters', ['--no\u009b'], '--no\\u009b')),
  ofRun('timeout', ['--timeout', 'never'], '--timeout', 'never'),
  ofRun('a scenario with a typing error', ['--scenario', 'overfow'], 'overfow', 'overflow'),
  {
    name: 'a scenario to show',
    args: ['scenarios', 'high-concurency'],
    says: ['high-concurrency'],
    withoutSchema: true,
  },
  ofRun('unknown option', ['--slot', '3'], '--slot'),
  ofRun('an argument too many', ['cte'], 'run'),
  ofRun('an option without its value', ['--slots'], '--slots'),
  ...[
    ['run', '--strategy', 'cte'],
    ['run', '--timeout', '5s'],
    ['compare', '--rounds', '2'],
    ['verify', '--history', 'calls.ndjson'],
  ].map(([command = '', flag = '', value = '']) =>
    textOnly({
      name: `${flag} twice to ${command}`,
      args: [command, flag, value, flag, value],
      says: [`${flag} is given twice`],
    }),
  ),
  { name: 'unknown command', args: ['frobnicate'], says: ['frobnicate'] },
  { name: 'no batch', args: ['status'], says: ['batch'] },
  {
    name: 'a batch that nobody registered',
    args: ['status', 'no-such-batch'],
    says: ['no-such-batch'],
    schema: database.schema,
  },
  { name: 'status before setup', args: ['status', 'any'], says: [MISSING, 'setup'], schema: MISSING },
  {
    name: 'repair before setup',
    args: ['status', 'any', '--repair'],
    says: [MISSING],
    schema: MISSING,
  },
  ...[['setup'], ['setup', '--reset'], ['run'], ['compare'], ['status', 'any', '--repair']].map((args) => ({
    name: `${args.join(' ')} in a schema of somebody else's`,
    args,
    says: [FOREIGN],
    schema: FOREIGN,
    ...(args[0] === 'setup' && { only: 'text' as const }),
  })),
  ...['', 'pg_mine', 'é'.repeat(40)].flatMap((schema, position) => {
    const commands = [['setup', '--print-sql'], [['setup'], ['run'], ['status', 'any']][position] ?? []];
    const says = ['--schema'];
    return commands.map((args) =>
      textOnly({ name: `${args.join(' ')} in schema "${schema}"`, args, says, schema }),
    );
  }),
];

const malformedUrls = [
  `localhost/${secret}`,
  `mysql://me:${secret}@localhost/x`,
  `postgres:me:${secret}@localhost/x`,
  `postgres://me:${secret}@localhost:port/x`,
  `postgres://me:${secret}@localhost:99999/x`,
  `postgres://me:${secret}@localhost:0/x`,
  `postgres://me:${secret}@localhost:5432:5433/x`,
  `postgres://me:a/${secret}@localhost:5432/x`,
  `postgres://me:${secret}@[::1/x`,
  `host=localhost password=${secret}`,
].map((url, position): BadInput =>
  position % 2 === 0
    ? { name: `--database-url ${url}`, args: ['run', '--database-url', url], says: ['--database-url'] }
    : {
        name: `DATABASE_URL ${url}`,
        args: ['status', 'any'],
        env: { DATABASE_URL: url },
        says: ['DATABASE_URL'],
      },
);
malformedUrls.push(
  { name: '--database-url empty', args: ['run', '--database-url', ''], says: ['--database-url'] },
  {
    name: 'PGPORT',
    args: ['run'],
    env: { DATABASE_URL: '', PGHOST: '127.0.0.1', PGPORT: 'door', PGPASSWORD: secret },
    says: ['PGPORT'],
  },
);

const tables = {
  'in arguments and environment': refused,
  'in a database URL': malformedUrls,
  'in a scenario file': badScenarios(files),
  'in a strategy file': badStrategies(files),
};

describe.each(Object.entries(tables))('bad input %s', (_, table) => {
  const named = table.map((input): [string, BadInput] => [input.name, input]);
  it.concurrent.each(named)('%s', (_name, input) =>
    expectRefused({ ...input, hides: [secret] }, untouched()),
  );
});
