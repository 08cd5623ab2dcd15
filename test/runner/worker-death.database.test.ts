import { expect } from 'vitest';
import { failureDocumentOf } from '../cli/document.js';
import { childrenOf } from '../cli/signalled.js';
import { drawn } from '../support/draws.js';
import { until } from '../engine/support/hold.js';
import { start } from '../support/command-line.js';
import { useDatabase } from '../support/database.js';

const db = useDatabase();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The backends of the run's workers. */
function workerBackends(): Promise<{ pid: number }[]> {
  return db.query(
    `select pid from pg_stat_activity where application_name like 'els-assign r%'
     and split_part(application_name, '/', 1) in (select 'els-assign ' || run_id from run_batches)`,
  );
}

drawn('a worker that dies ends the run, by name, with exit code 3 and nothing left behind', async (draw) => {
  const workers = draw.integer(2, 4);
  const shape = ['--batches', '50', '--slots', '400', '--duration', '60s', '--workers', String(workers)];
  const where = ['--database-url', db.url, '--schema', db.schema];
  const command = start([
    'run',
    '--strategy',
    'cte',
    '--scenario',
    'sustained',
    '--json',
    ...shape,
    ...where,
  ]);
  const { pid = 0 } = command.child;
  await until('the load is on', async () => {
    const [row] = await db.query<{ ready: string }>(
      `select count(*) as ready from essay_states where current_status = 'ready_for_processing'
       and batch_id in (select batch_id from run_batches where run_id not like '%-warm-up')`,
    );
    return Number(row?.ready) > 10;
  });
  const children = childrenOf(pid);
  const backends = await workerBackends();
  expect(children).toHaveLength(workers);
  expect(backends.length).toBeGreaterThan(0);
  const victim = children[draw.integer(0, workers - 1)] ?? 0;
  process.kill(victim, 'SIGKILL');

  const finished = await command.finished;
  const { code, stdout, stderr } = finished;
  expect(code).toBe(3);
  const complaint = stderr.split('\n').filter((line) => line.includes('SIGKILL'));
  expect(complaint).toEqual([expect.stringMatching(new RegExp(`worker \\d+ \\(pid ${victim}\\).*SIGKILL`))]);
  const { error, runs } = failureDocumentOf(finished);
  expect(error.code).toBe('worker_died');
  expect(runs).toMatchObject([{ complete: false, verdict: 'unknown', passed: false }]);
  expect(runs[0]?.outcomes.created).toBeGreaterThan(10);
  expect(runs[0]?.invariants.filter(({ passed }) => passed).map(({ name }) => name)).toContain(
    'acknowledged-is-stored',
  );
  expect(runs[0]?.notes.join('\n')).toContain(`${error.message}; its last calls were not recorded`);
  expect(stdout).toContain(`pid ${victim}`);
  expect(children.filter(isAlive)).toEqual([]);
  for (const table of [
    'run_batches',
    'batch_essay_trackers',
    'slot_assignments',
    'essay_states',
    'event_outbox',
  ]) {
    expect(await db.query(`select 1 from ${table} limit 1`), table).toEqual([]);
  }
  const pids = backends.map((backend) => backend.pid);
  expect(await db.query('select pid from pg_stat_activity where pid = any($1)', [pids])).toEqual([]);
});
