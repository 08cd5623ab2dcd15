import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runDocumentOf } from '../cli/document.js';
import { until } from '../cli/signalled.js';
import { run, start } from '../support/command-line.js';
import { countRows, queryAt, startOwnServer, type OwnServer } from './server.js';

/** Of the file system that holds the tables: room for some ten thousand slots. */
const SIZE = '32m';

let server: OwnServer;
let disk = '';
let url = '';

beforeAll(async () => {
  server = await startOwnServer();
  disk = join(server.folder, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk]);
  const tables = join(disk, 'tables');
  mkdirSync(tables);
  chmodSync(tables, 0o700);
  execFileSync('chown', ['postgres', tables]);
  await server.query(`create tablespace small location '${tables}'`);
  url = server.url.replace(/postgres$/, 'small');
});
beforeEach(async () => {
  rmSync(join(disk, 'filler'), { force: true });
  await server.query('drop database if exists small with (force)');
  await server.query('create database small');
  await server.query('alter database small set default_tablespace = small');
  await server.query('checkpoint');
  expect((await run(['setup'], { DATABASE_URL: url })).code).toBe(0);
});
afterAll(() => {
  execFileSync('umount', ['--lazy', disk]);
  server.remove();
});

/** Leaves no byte free. */
function fill(): void {
  const filler = openSync(join(disk, 'filler'), 'w');
  try {
    for (;;) writeSync(filler, Buffer.alloc(65_536, 1));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(filler);
  }
}

it('ends a registration with one line, and its rows are gone', async () => {
  const large = ['run', '--scenario', 'sustained', '--batches', '1', '--slots', '500000', '--quiet'];
  const { code, stdout, stderr } = await run(large, { DATABASE_URL: url });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^[^\n]*could not extend file[^\n]*No space left on device\n$/);
  expect(await countRows(url)).toBe(0);
});

it('under a load is no success: its calls fail, and what they had is gone afterwards', async () => {
  const flags = ['--strategy', 'cte', '--batches', '20', '--slots', '600', '--duration', '15s'];
  const load = start(['run', '--scenario', 'sustained', ...flags, '--json'], { DATABASE_URL: url });
  const assigned = `select count(*)::integer as n from els_assign.essay_states
    join els_assign.run_batches using (batch_id) where text_storage_id is not null and run_id not like '%warm-up'`;
  await until(async () => {
    const [row] = await queryAt<{ n: number }>(url, assigned);
    return (row?.n ?? 0) > 50;
  }, 'the load was under way');
  fill();
  const finished = await load.finished;
  const { verdict, runs, passed } = runDocumentOf(finished);
  expect(passed).toBe(false);
  expect(verdict).not.toBe('valid');
  expect([1, 3]).toContain(finished.code);
  expect(runs[0]?.errorsByCode).toHaveProperty('database_unavailable');
  expect(await countRows(url)).toBe(0);
});
