import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { TestDatabase } from '../../support/database.js';
import type { Inventory } from '#els/targets/els/engine/assignment.js';

/** A foreign session with an open transaction. */
export interface Foreign {
  query(sql: string, values?: unknown[]): Promise<unknown>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Opens a transaction in a foreign session for as long as `work` lasts; it is rolled back unless ended before. */
export async function withForeign<T>(db: TestDatabase, work: (foreign: Foreign) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  await client.query('begin');
  try {
    return await work(foreignOn(client));
  } finally {
    await client.query('rollback');
    client.release();
  }
}

function foreignOn(client: PoolClient): Foreign {
  return {
    query: (sql, values = []) => client.query(sql, values),
    commit: async () => void (await client.query('commit')),
    rollback: async () => void (await client.query('rollback')),
  };
}

/** Locks every free slot of a batch, as rivals do that have claimed but not committed. */
export async function lockVacancies(foreign: Foreign, inventory: Inventory, batchId: string): Promise<void> {
  const sql =
    inventory === 'slots'
      ? `select 1 from slot_assignments where status = 'available'
         and batch_tracker_id = (select id from batch_essay_trackers where batch_id = $1) for update`
      : `select 1 from essay_states where batch_id = $1 and current_status = 'uploaded' for update`;
  await foreign.query(sql, [batchId]);
}

/** Locks one free slot. */
export async function lockEssay(foreign: Foreign, inventory: Inventory, essay: string): Promise<void> {
  const sql =
    inventory === 'slots'
      ? 'select 1 from slot_assignments where internal_essay_id = $1 for update'
      : 'select 1 from essay_states where essay_id = $1 for update';
  await foreign.query(sql, [essay]);
}

/** Gives one slot to a content, in slot and essay as the inventory has it. */
export async function assignByHand(
  foreign: Foreign,
  { inventory, essay, content }: { inventory: Inventory; essay: string; content: string },
): Promise<void> {
  if (inventory === 'slots') {
    await foreign.query(
      `update slot_assignments set status = 'assigned', text_storage_id = $2 where internal_essay_id = $1`,
      [essay, content],
    );
  }
  await foreign.query(
    `update essay_states set current_status = 'ready_for_processing', text_storage_id = $2, version = 2
     where essay_id = $1`,
    [essay, content],
  );
}

/** Waits until a condition holds; what never comes fails the test by its name. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  deadlineMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(5);
  }
}

export interface Backend {
  pid: number;
  state: string;
  wait_event_type: string | null;
  xact_start: Date | null;
}

/** The backends of the file's engines. */
export function engineBackends(db: TestDatabase): Promise<Backend[]> {
  return db.query<Backend>(
    'select pid, state, wait_event_type, xact_start from pg_stat_activity where application_name = $1',
    [`engine ${db.schema}`],
  );
}

/** Waits until this many calls of the file's engines wait for a lock; returns their backends. */
export async function untilLocked(db: TestDatabase, count = 1): Promise<Backend[]> {
  let waiting: Backend[] = [];
  await until(`${count} calls wait for a lock`, async () => {
    waiting = (await engineBackends(db)).filter((backend) => backend.wait_event_type === 'Lock');
    return waiting.length >= count;
  });
  return waiting;
}

/** Locks that the file's engines hold, apart from each backend's own transaction ids. */
export function engineLocks(db: TestDatabase): Promise<{ locktype: string; mode: string }[]> {
  return db.query(
    `select locktype, mode from pg_locks join pg_stat_activity using (pid) where application_name = $1`,
    [`engine ${db.schema}`],
  );
}
