/** @module-tag long */

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { drawn } from '../support/draws.js';
import { until } from '../engine/support/hold.js';
import { start } from '../support/command-line.js';
import { useDatabase } from '../support/database.js';
import { printed, violated } from '../verify/scenario-files.js';

const db = useDatabase();

/** Ends some backends of the run's workers. */
async function terminateBackends(count: number): Promise<void> {
  await db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where split_part(application_name, '/', 1) in (select 'els-assign ' || run_id from run_batches) limit $1`,
    [count],
  );
}

drawn('workers survive connections that the server ends, and say that they retried', async (draw) => {
  const shape = ['--batches', '20', '--slots', '1000', '--duration', '2s', '--workers', '2'];
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
  await until('the load is on', async () => {
    const rows = await db.query(
      `select 1 from essay_states where current_status = 'ready_for_processing'
       and batch_id in (select batch_id from run_batches where run_id not like '%-warm-up') limit 1`,
    );
    return rows.length > 0;
  });
  // Often enough that some connections break in the middle of a call, and others while they are idle.
  for (let time = 0; time < 10; time++) {
    await terminateBackends(draw.integer(1, 4));
    await sleep(100);
  }

  const finished = await command.finished;
  const { code, verdict, runs } = printed(finished);
  expect({ code, verdict }, finished.stderr + finished.stdout).toEqual({ code: 0, verdict: 'valid' });
  expect(violated(runs[0])).toEqual([]);
  expect(runs[0]?.retriesByCode['connection']).toBeGreaterThan(0);
});
