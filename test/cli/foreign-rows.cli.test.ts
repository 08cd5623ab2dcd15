import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consumes } from './broken-strategies.js';
import { runDocumentOf, type RunEntry } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { eachLongButFirst, IS_LONG } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

const VOUCHERS = 20_000;
/** A worker of two connections. */
const SMALL = ['--workers', '1', '--connections', '2'];

beforeAll(async () => {
  await database.query('create table public.vouchers (id bigint primary key)');
});

beforeEach(async () => {
  await database.query('truncate public.vouchers');
  await database.query('insert into public.vouchers select generate_series(1, $1)', [VOUCHERS]);
  // What this session did is told now, not while a load runs.
  await database.query('select pg_stat_force_next_flush()');
});

/** Puts a load of a strategy on the database; what it used up besides. */
async function load(strategy: string, flags: readonly string[]): Promise<RunEntry & { consumed: number }> {
  const finished = await database.run(['run', '--strategy', strategy, ...flags, '--quiet', '--json']);
  const run = runDocumentOf(finished).runs[0];
  if (run === undefined) throw new Error(finished.stderr);
  const [left] = await database.query<{ n: number }>('select count(*)::integer as n from public.vouchers');
  return { ...run, consumed: VOUCHERS - (left?.n ?? NaN) };
}

const foreignNotes = ({ notes }: RunEntry) =>
  notes.filter((note) => note.includes("outside the tool's tables"));

describe('a strategy that uses up rows of other tables', () => {
  eachLongButFirst([
    ['a burst', ['--scenario', 'batch-completion']],
    ['an open loop', ['--scenario', 'sustained', '--rate', '60', '--duration', '500ms', ...SMALL]],
  ])('takes in %s one for each attempt, and none to warm up', async (_, flags) => {
    const run = await load(consumes('public.vouchers', files), flags);
    expect(run.verdict).toBe('valid');
    expect(run.consumed).toBe(run.attempts);
    expect(run.warmUpCalls).toBe(0);
    expect(foreignNotes(run)).toEqual([
      expect.stringContaining(`public.vouchers ${run.consumed};`) as string,
    ]);
  });

  it('takes in a closed loop one for each attempt and for each call of the warm-up, which are told apart', async () => {
    const run = await load(consumes('public.vouchers', files), [
      '--scenario',
      'sustained',
      '--duration',
      '300ms',
      ...SMALL,
    ]);
    expect(run.warmUpCalls).toBeGreaterThan(0);
    expect(run.warmUpCalls).toBeLessThanOrEqual(12);
    expect(run.attempts).toBeGreaterThanOrEqual(run.assignments);
    expect(run.consumed).toBe(run.attempts + run.warmUpCalls);
  });

  it('counts a row of a table in the tool’s schema that is not the tool’s', async () => {
    await database.run(['setup']);
    await database.query(`set search_path to "${database.schema.replaceAll('"', '""')}"`);
    await database.query('create table theirs as select generate_series(1, 90) as id');
    await database.query('select pg_stat_force_next_flush()');
    const run = await load(consumes('theirs', files), ['--scenario', 'batch-completion']);
    expect(foreignNotes(run)).toEqual([
      expect.stringMatching(new RegExp(`\\.theirs ${run.attempts};`)) as string,
    ]);
  });

  it(
    'says nothing of a strategy that touches the tool’s tables alone, nor of a built-in one',
    IS_LONG,
    async () => {
      const cte = readFileSync(new URL('../../sql/strategies/cte.sql', import.meta.url), 'utf8');
      const own = files.write('own.sql', cte);
      for (const strategy of [own, 'cte']) {
        expect(foreignNotes(await load(strategy, ['--scenario', 'batch-completion']))).toEqual([]);
      }
    },
  );
});
