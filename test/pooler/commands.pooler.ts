import { beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { linesOf } from '../cli/document.js';
import { fingerprint, useOwnDatabase } from '../cli/own-database.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import type { Finished } from '../support/command-line.js';
import { usePoolers, type PoolMode } from './pgbouncer.js';

// The command line through a pooler: what it says is right, or it is refused in one line before anything is written.

const database = useOwnDatabase();
const files = useTemporaryFolder();
const startPooler = usePoolers();

interface Pooler {
  readonly mode: PoolMode;
  readonly pool?: Readonly<Record<string, number>>;
}

const POOLERS = {
  session: { mode: 'session' },
  transaction: { mode: 'transaction' },
  'transaction, few backends': { mode: 'transaction', pool: { default_pool_size: 3, max_client_conn: 400 } },
  'transaction, one backend': { mode: 'transaction', pool: { default_pool_size: 1 } },
  'transaction, backends in turns': { mode: 'transaction', pool: { server_round_robin: 1 } },
  statement: { mode: 'statement' },
} satisfies Record<string, Pooler>;
type PoolerName = keyof typeof POOLERS;

const urls = new Map<string, string>();
beforeAll(async () => {
  for (const [name, { mode, ...settings }] of Object.entries<Pooler>(POOLERS)) {
    urls.set(name, await startPooler(database.url, mode, settings));
  }
  expect((await database.run(['setup'])).code).toBe(0);
});

function through(name: PoolerName, args: readonly string[]): Promise<Finished> {
  return database.run([...args, '--database-url', urls.get(name) ?? '']);
}

interface Outcome {
  readonly environment: { readonly pooling: string; readonly preparedStatements: boolean };
  readonly runs: readonly { readonly verdict: string; readonly assignments: number }[];
  readonly comparison?: { readonly warnings: readonly string[] };
}

const outcomeOf = ({ stdout }: Finished) => JSON.parse(stdout) as Outcome;

/** Backends by the name of who used them last. */
const KEPT = `select pid from pg_stat_activity
  where datname = current_database() and application_name like 'els-assign%' order by pid`;

describe.each<[name: PoolerName, flags: string[]]>([
  ['session', []],
  ['transaction, few backends', ['--no-prepare']],
])('%s %j', (name, flags) => {
  const custom = () => {
    const sql = readFileSync(new URL('../../sql/strategies/cte.sql', import.meta.url), 'utf8');
    return files.write(`${name}.sql`, sql);
  };
  const choices: [strategy: string, locks: string[]][] = [
    ['legacy', []],
    ...(flags.length === 0 ? ([['legacy', ['--advisory-locks']]] as [string, string[]][]) : []),
    ['cte', []],
    ['cte', ['--advisory-locks']],
    ['inventory', []],
    ['inventory', ['--advisory-locks']],
    ['a file', []],
  ];

  it.each(choices)('runs %s %j', async (strategy, locks) => {
    const load = ['--scenario', 'overflow', '--deliveries', '2', '--connections', '4'];
    const wanted = strategy === 'a file' ? custom() : strategy;
    const finished = await through(name, [
      'run',
      '--strategy',
      wanted,
      ...locks,
      ...load,
      ...flags,
      '--json',
    ]);
    const { environment, runs } = outcomeOf(finished);
    expect(environment).toMatchObject({
      pooling: POOLERS[name].mode,
      preparedStatements: flags.length === 0,
    });
    expect(runs.map(({ verdict }) => verdict)).toEqual(['valid']);
  });

  it('has the wire before it', async () => {
    const load = ['--scenario', 'overflow', '--deliveries', '2', '--connections', '4', '--wire'];
    const finished = await through(name, ['run', '--strategy', 'inventory', ...load, ...flags, '--json']);
    expect(outcomeOf(finished).runs).toMatchObject([{ verdict: 'valid' }]);
    expect(finished.code).toBe(0);
  });

  it('runs many contents in one statement', async () => {
    const load = ['--scenario', 'sustained', '--duration', '300ms', '--bulk', '10', '--connections', '4'];
    const finished = await through(name, ['run', '--strategy', 'inventory', ...load, ...flags, '--json']);
    expect(outcomeOf(finished).runs).toMatchObject([{ verdict: 'valid' }]);
    expect(finished.code).toBe(0);
  });
});

describe('a pooler in transaction mode', () => {
  it('keeps its backends: a run waits for the idle ones as little as it ends them', async () => {
    const run = ['run', '--strategy', 'cte', '--scenario', 'cross-instance', '--no-prepare'];
    expect((await through('transaction', run)).code).toBe(0);
    const before = await database.query(KEPT);
    expect(before).not.toEqual([]);
    expect((await through('transaction', run)).code).toBe(0);
    expect(await database.query(KEPT)).toEqual(expect.arrayContaining(before));
  });

  it('is compared on without what cannot be right there', async () => {
    const compare = ['compare', '--scenario', 'cross-instance', '--rounds', '1', '--no-prepare', '--json'];
    const { runs, comparison } = outcomeOf(await through('transaction', compare));
    expect(runs.map(({ verdict }) => verdict)).toEqual(Array(5).fill('valid'));
    expect(comparison?.warnings.join()).toContain('legacy + locks was left out');
  });

  it('takes more connections than the server has', async () => {
    const [server] = await database.query<{ most: number }>(
      `select setting::integer as most from pg_settings where name = 'max_connections'`,
    );
    const connections = Math.ceil((server?.most ?? NaN) / 2) + 1;
    const load = ['--scenario', 'cross-instance', '--workers', '2', '--connections', String(connections)];
    const run = ['run', '--strategy', 'cte', ...load, '--no-prepare', '--json'];
    const finished = await through('transaction, few backends', run);
    expect(outcomeOf(finished).runs).toMatchObject([{ verdict: 'valid' }]);
  });

  it('serves setup, status and verify as it is', async () => {
    const load = ['--scenario', 'cross-instance', '--no-prepare', '--keep', '--json'];
    expect((await through('transaction', ['run', '--strategy', 'inventory', ...load])).code).toBe(0);
    const [kept] = await database.query<{ batch_id: string }>('select batch_id from run_batches limit 1');
    const status = await through('transaction', ['status', kept?.batch_id ?? '', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ expected: 6, ready: 6, available: 0 });
    expect((await through('transaction', ['verify'])).code).toBe(0);
    expect((await through('transaction', ['setup'])).stdout).toContain('nothing changed');
  });
});

describe('is refused with nothing written:', () => {
  const RUN = ['run', '--strategy', 'cte', '--scenario', 'cross-instance'];
  const LEGACY = ['run', '--strategy', 'legacy', '--advisory-locks', '--scenario', 'cross-instance'];
  it.each<[what: string, name: PoolerName, args: string[], says: string]>([
    ['prepared statements', 'transaction', RUN, 'accepted: --no-prepare'],
    ['prepared statements', 'transaction, one backend', RUN, 'accepted: --no-prepare'],
    ['prepared statements', 'transaction, backends in turns', RUN, 'accepted: --no-prepare'],
    ['a comparison by them', 'transaction', ['compare', '--rounds', '1'], 'accepted: --no-prepare'],
    ['a proof', 'transaction', ['prove', '--strategy', 'cte'], 'accepted: a pooler in session mode'],
    [
      'a rollout',
      'transaction',
      ['compare', '--rollout', '--no-prepare'],
      'accepted: a pooler in session mode',
    ],
    ['a fault', 'session', [...RUN, '--fault', 'terminate-backend'], 'fault terminate-backend'],
    ['a fault', 'transaction', [...RUN, '--no-prepare', '--fault', 'lock-slots'], 'a direct connection'],
    ['statement mode', 'statement', [...RUN, '--no-prepare'], 'accepted: transaction mode'],
    ['a session lock', 'transaction', [...LEGACY, '--no-prepare'], 'accepted: legacy without'],
  ])('%s, %s', async (_, name, args, says) => {
    const before = await fingerprint(database);
    const { code, stdout, stderr } = await through(name, [...args, '--quiet']);
    expect({ code, stdout, lines: linesOf(stderr).length }).toEqual({ code: 2, stdout: '', lines: 1 });
    expect(stderr).toContain(says);
    expect(await fingerprint(database)).toEqual(before);
  });
});
