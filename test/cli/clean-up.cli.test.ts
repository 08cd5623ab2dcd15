import pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimsToCreate } from './broken-strategies.js';
import { linesOf, runDocumentOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';

// What keeps a run's rows from being removed takes nothing away from what the run found.

const database = useOwnDatabase();
const files = useTemporaryFolder();

/** Lets every statement of a kind on the runs' batches fail. */
async function fail(operation: 'insert' | 'delete', how: string): Promise<void> {
  const schema = pg.escapeIdentifier(database.schema);
  await database.query(`
    create function ${schema}.fail_${operation}() returns trigger language plpgsql as
      $$ begin ${how}; return null; end $$;
    create trigger failing_${operation} before ${operation} on ${schema}.run_batches
      execute function ${schema}.fail_${operation}()`);
}

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
});
afterEach(async () => {
  const schema = pg.escapeIdentifier(database.schema);
  for (const operation of ['insert', 'delete'])
    await database.query(`drop function if exists ${schema}.fail_${operation} cascade`);
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
    await fail('delete', how);
    const finished = await database.run(['run', '--strategy', claimsToCreate(files), ...LOAD]);
    expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code: 1, stderr: '' });
    const [run] = runDocumentOf(finished).runs;
    expect(run?.verdict).toBe('invalid');
    expect(run?.notes.join('\n')).toMatch(/rows of run \S+ are left: /);
    expect(run?.notes.join('\n')).toContain(reason);
  });
});

it('a run that failed says why, not why its clean-up failed', async () => {
  await fail('insert', `raise exception 'no room' using errcode = 'disk_full'`);
  await fail('delete', CANCELLED);
  const { code, stderr } = await database.run(['run', '--strategy', 'cte', ...LOAD]);
  expect({ code, lines: linesOf(stderr).length }).toEqual({ code: 3, lines: 1 });
  expect(stderr).toContain('no room');
});
