import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { linesOf } from './document.js';
import { useOwnDatabase } from './own-database.js';
import { useTemporaryFolder } from './temporary-folder.js';

// What runs of a target on tables of its own leave: it is named, verified, and removed by that target's `remove` alone.

const database = useOwnDatabase();
const files = useTemporaryFolder();
const SMALL = ['--workers', '2', '--connections', '4', '--quiet', '--json'];

const example = (path: string) => fileURLToPath(new URL(`../../docs/examples/${path}`, import.meta.url));

/** A copy of the seats' example, in a folder of its own. */
function copyOfSeats(folder: string): string {
  const path = files.path(`${folder}/seats.target.ts`);
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(example('seats/seats.target.ts'), path);
  copyFileSync(example('seats/schema.sql'), files.path(`${folder}/schema.sql`));
  return path;
}

const on = (command: string, ...args: string[]) =>
  database.run([command, '--database-url', database.url, ...args]);

/** Makes a run that keeps its batches, and returns its id. */
async function keep(file: string, ...flags: string[]): Promise<string> {
  const finished = await on(
    'run',
    '--strategy',
    file,
    '--scenario',
    'overflow',
    '--keep',
    ...flags,
    ...SMALL,
  );
  if (finished.code !== 0) throw new Error(finished.stderr + finished.stdout);
  const [run] = await database.query<{ run_id: string }>(
    'select run_id from runs where warms_up is null order by started_at desc limit 1',
  );
  return run?.run_id ?? '';
}

const seatsOf = (runId: string) =>
  database.query('select 1 from public.seats where starts_with(event_id, $1)', [runId]);
const recordsOf = (runId: string) => database.query('select 1 from run_batches where run_id = $1', [runId]);

it('are removed by their remove, which is told before it runs, and their records behind them', async () => {
  const file = copyOfSeats('removed');
  const runId = await keep(file);
  expect(await seatsOf(runId)).not.toEqual([]);
  const { code, stdout, stderr } = await on('clean', runId);
  expect({ code, seats: await seatsOf(runId), records: await recordsOf(runId) }).toEqual({
    ...{ code: 0, seats: [], records: [] },
  });
  expect(linesOf(stderr)).toEqual([expect.stringMatching(/^remove of seats .*removed\/seats\.target\.ts/)]);
  expect(stdout).toContain('1 run removed');
});

it('are left with their records by the built-in tables’ removal, whatever becomes of the file', async () => {
  const file = copyOfSeats('gone');
  const runId = await keep(file);
  rmSync(file);
  const { code, stderr } = await on('clean', runId);
  expect({ code, rows: (await seatsOf(runId)).length > 0, records: (await recordsOf(runId)).length }).toEqual(
    {
      ...{ code: 2, rows: true, records: 1 },
    },
  );
  expect(stderr).toContain('accepted: --strategy FILE');
});
