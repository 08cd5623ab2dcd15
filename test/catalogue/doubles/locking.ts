import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import type { BindValues } from '#els/database/statement.js';
import type { AssignmentResult } from '#els/targets/els/engine/assignment.js';
import { EngineDouble, query } from './engine-double.js';
import { FIND, LOCK_ONE, WRITE } from './essay-steps.js';

const SLOW_COMMIT_MS = 300;

/** Between two calls of a process: more than a lock in autocommit lasts, much less than its write takes. */
const ARRIVAL_GAP_MS = 20;

/** Locks a free essay with SKIP LOCKED, but in autocommit: the lock is gone when the answer arrives. */
export class LocksInAutocommit extends EngineDouble {
  #calls = 0;

  protected override async attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    await sleep(ARRIVAL_GAP_MS * this.#calls++);
    const [found] = await query(this.pool, FIND, binds);
    if (found?.['essay_id']) return { outcome: 'reused', essayId: found['essay_id'] };
    const [locked] = await query(this.pool, LOCK_ONE, binds);
    if (!locked?.['essay_id']) return { outcome: 'no_slot' };
    await sleep(SLOW_COMMIT_MS);
    await query(this.pool, WRITE, { ...binds, essay_id: locked['essay_id'] });
    return { outcome: 'created', essayId: locked['essay_id'], recovered: false };
  }
}

/** The plan that PostgreSQL may choose at any time: the subquery runs again for each row of the batch. */
const NESTED_LOOP = `
  set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_hashagg = off;
  set local enable_sort = off; set local enable_material = off`;
const RESERVE_ONE = `
  update essay_states set current_status = 'ready_for_processing'
  where batch_id = :batch_id and essay_id in (
    select essay_id from essay_states where batch_id = :batch_id and current_status = 'uploaded'
    limit 1 for update skip locked
  )
  returning essay_id`;

/** Reserves with IN (SELECT … LIMIT 1), which may take many slots, and fills the first of them. */
export class ReservesWithInLimit extends EngineDouble {
  protected override attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    return this.inTransaction(async (client) => {
      const [found] = await query(client, FIND, binds);
      if (found?.['essay_id']) return { outcome: 'reused', essayId: found['essay_id'] };
      await client.query(NESTED_LOOP);
      const [reserved] = await query(client, RESERVE_ONE, binds);
      if (!reserved?.['essay_id']) return { outcome: 'no_slot' };
      await query(client, WRITE, { ...binds, essay_id: reserved['essay_id'] });
      return { outcome: 'created', essayId: reserved['essay_id'], recovered: false };
    });
  }
}

/** Remembers what a content was given before that was written, and believes it after a rollback. */
export class RemembersBeforeCommit extends EngineDouble {
  readonly #given = new Map<string, string>();

  protected override async attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    const essayId = this.#given.get(binds['text_storage_id'] ?? '');
    return essayId === undefined ? super.attempt(binds) : { outcome: 'reused', essayId };
  }

  protected override async claim(
    client: ClientBase,
    binds: BindValues,
  ): Promise<AssignmentResult | undefined> {
    const [found] = await query(client, FIND, binds);
    if (found?.['essay_id']) return { outcome: 'reused', essayId: found['essay_id'] };
    const [locked] = await query(client, LOCK_ONE, binds);
    const essayId = locked?.['essay_id'];
    if (!essayId) return undefined;
    this.#given.set(binds['text_storage_id'] ?? '', essayId);
    await query(client, WRITE, { ...binds, essay_id: essayId });
    await sleep(SLOW_COMMIT_MS);
    return { outcome: 'created', essayId, recovered: false };
  }
}
