import pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimsToCreate } from './broken-strategies.js';
import { linesOf, runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';

// What keeps a run's rows from being removed takes nothing away from what the run found.

const database = useOwnDatabase();
const files = useTemporaryFolder();

/**
 * Lets the removal of runs fail, by a table of somebody else that refers to them: a trigger on a table of the tool would be
 * refused before anything runs.
 */
async function failRemoval(how: string): Promise<void> {
  const schema = pg.escapeIdentifier(database.schema);
  await database.query(`
    create function ${schema}.fail_removal() returns trigger language plpgsql as
      $$ begin ${how}; return null; end $$;
    create table ${schema}.referring (run_id text, batch_id text, foreign key (run_id, batch_id)
      references ${schema}.run_batches (run_id, batch_id) on delete cascade);
    create trigger failing_removal before delete on ${schema}.referring execute function ${schema}.fail_removal()`);
}

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
});
afterEach(async () => {
  const schema = pg.escapeIdentifier(database.schema);
  await database.query(`drop table if exists ${schema}.referring`);
  await database.query(`drop function if exists ${schema}.fail_removal`);
});

const CANCELLED = `raise exception 'too slow' using errcode = 'query_canceled'`;
const LOAD = [
  '--scenario',
  'idempotent-duplicates',
  '--workers',
  '1',
  '--connections',
  '3',
  '--quiet',
  '--json',
];

describe('a run that was proven invalid stays so, with a note, when its clean-up', () => {
  it.each([
    ['is cancelled', CANCELLED, 'too slow (57014, statement_timeout)'],
    ['loses its connection', 'perform pg_terminate_backend(pg_backend_pid())', 'terminating connection'],
  ])('%s', async (_, how, reason) => {
    await failRemoval(how);
    const finished = await database.run(['run', '--strategy', claimsToCreate(files), ...LOAD]);
    expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code: 1, stderr: '' });
    const [run] = runDocumentOf(finished).runs;
    expect(run?.verdict).toBe('invalid');
    expect(run?.notes.join('\n')).toMatch(/rows of run \S+ are left: /);
    expect(run?.notes.join('\n')).toContain(reason);
  });
});

it('a run that failed says why, in one line, and not why its clean-up failed', async () => {
  const locker = new pg.Client({ connectionString: database.url });
  await locker.connect();
  try {
    await locker.query('begin');
    await locker.query(
      `lock table ${pg.escapeIdentifier(database.schema)}.essay_states in access exclusive mode`,
    );
    const { code, stderr } = await database.run(['run', '--strategy', 'cte', ...LOAD]);
    expect({ code, lines: linesOf(stderr).length }, stderr).toEqual({ code: 3, lines: 1 });
    expect(stderr).toContain('lock timeout');
  } finally {
    await locker.end();
  }
});
