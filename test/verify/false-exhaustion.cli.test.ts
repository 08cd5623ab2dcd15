import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { drawn, type Draw } from '../support/draws.js';
import { until, withForeign } from '../engine/support/hold.js';
import { useDatabase } from '../support/database.js';
import { burstFile, pitfall, runJson, violated, type Printed } from './scenario-files.js';
import { IS_LONG } from '../support/long.js';

// Pitfall 5: while the run is on, a foreign session holds one free slot, and lets go without taking it.

const db = useDatabase();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-exhaustion-'));
});
afterAll(() => rm(folder, { recursive: true }));

function burst(draw: Draw): Promise<string> {
  const slots = draw.integer(2, 12);
  return burstFile(folder, 'held-slot', {
    ...{ slots, contents: slots, deliveries: draw.integer(1, 3) },
    ...{ workers: draw.integer(2, 3), connections: draw.integer(4, 8) },
  });
}

/** The run's own batch, once it is registered. */
async function registeredBatch(): Promise<string> {
  let batchId: string | undefined;
  await until('the run has registered its batch', async () => {
    const rows = await db.query<{ batch_id: string }>(
      `select batch_id from run_batches where run_id not like '%-warm-up'`,
    );
    batchId = rows[0]?.batch_id;
    return batchId !== undefined;
  });
  return batchId ?? '';
}

/** Runs a strategy while one slot of its batch is held until every call but those that wait has ended. */
async function runWhileHeld(strategy: string, scenario: string): Promise<Printed> {
  const running = runJson(db, strategy, [scenario]);
  const batchId = await registeredBatch();
  // Who takes zero rows for no_slot may give up while a duplicate gives a slot back: it stays free.
  let hadWorkers = false;
  await withForeign(db, async (foreign) => {
    await foreign.query(
      `select 1 from essay_states where batch_id = $1 order by essay_id limit 1 for update`,
      [batchId],
    );
    await foreign.query(
      `select 1 from slot_assignments
       where batch_tracker_id = (select id from batch_essay_trackers where batch_id = $1)
       order by internal_essay_id limit 1 for update`,
      [batchId],
    );
    await until('all other slots are taken, or nobody asks for them any more', async () => {
      const [row] = await db.query<{ free: string; workers: string }>(
        `select (
            select count(*) from essay_states where batch_id = $1 and current_status = 'uploaded'
          ) as free, (
            select count(*) from pg_stat_activity where application_name like 'els-assign ' || run_id || '/%'
          ) as workers
         from run_batches where batch_id = $1`,
        [batchId],
      );
      hadWorkers ||= Number(row?.workers) > 0;
      return Number(row?.free) <= 1 || (hadWorkers && Number(row?.workers) === 0);
    });
    await sleep(200);
    await foreign.rollback();
  });
  return running;
}

drawn('proves a strategy wrong that takes zero rows for no_slot', async (draw) => {
  const { code, verdict, runs } = await runWhileHeld(pitfall('5-false-exhaustion'), await burst(draw));
  expect({ code, verdict }).toEqual({ code: 1, verdict: 'invalid' });
  // A duplicate that came late may have got the slot in the end.
  const others = violated(runs[0]).filter((name) => name !== 'full-when-told-full');
  expect(others).toEqual(['no-false-no-slot']);
  expect(runs[0]?.outcomes.error).toBe(0);
});

describe('proves the built-in strategies right, which wait for the slot', IS_LONG, () => {
  for (const strategy of ['legacy', 'cte', 'inventory']) {
    drawn(strategy, async (draw) => {
      const { code, verdict, runs } = await runWhileHeld(strategy, await burst(draw));
      expect(violated(runs[0])).toEqual([]);
      expect({ code, verdict }).toEqual({ code: 0, verdict: 'valid' });
      expect(runs[0]?.retriesByCode['contended']).toBeGreaterThan(0);
      expect(runs[0]?.outcomes).toMatchObject({ created: runs[0]?.plan.contents, noSlot: 0 });
    });
  }
});
