import type { ClientBase } from 'pg';
import type { BindValues } from '#els/database/statement.js';
import type { AssignmentResult } from '#els/targets/els/engine/assignment.js';
import { edited, sqlFile } from '../../engine/support/custom.js';
import { CTE, EngineDouble, isUniqueViolation, query, toResult } from './engine-double.js';
import { FIND, LOCK_ONE, WRITE_ESSAY } from './essay-steps.js';

const UPSERT_ESSAY = sqlFile('strategies/legacy/upsert-essay.sql');
const WRITE_EVENT = sqlFile('strategies/legacy/insert-event.sql');
const CLAIM_WITHOUT_EVENT = edited(CTE, '  from written\n)', '  from written where false\n)');
const CLAIM_SLOT_ALONE = edited(CTE, '  from owed\n', '  from owed where false\n');

/** Writes the event in a transaction of its own, after the one that assigned. */
export class WritesEventAfterCommit extends EngineDouble {
  protected override async claim(
    client: ClientBase,
    binds: BindValues,
  ): Promise<AssignmentResult | undefined> {
    return toResult(await query(client, CLAIM_WITHOUT_EVENT, binds));
  }

  protected override async attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    const result = await super.attempt(binds);
    if (result?.outcome === 'created') {
      await query(this.pool, WRITE_EVENT, { ...binds, essay_id: result.essayId });
    }
    return result;
  }
}

const WRITE_FREE_ESSAY = edited(
  WRITE_ESSAY,
  'where essay_id = :essay_id',
  'where essay_id = :essay_id and text_storage_id is null',
);

/** Writes the event first; a rival may get the essay, or a duplicate the content, before it is written. */
export class WritesEventFirst extends EngineDouble {
  protected override async attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    const [found] = await query(this.pool, FIND, binds);
    if (found?.['essay_id']) return { outcome: 'reused', essayId: found['essay_id'] };
    const [free] = await query(this.pool, LOCK_ONE, binds);
    if (!free?.['essay_id']) return undefined;
    const essayBinds = { ...binds, essay_id: free['essay_id'] };
    await query(this.pool, WRITE_EVENT, essayBinds);
    try {
      const written = await query(this.pool, WRITE_FREE_ESSAY, essayBinds);
      return written.length === 0
        ? undefined
        : { outcome: 'created', essayId: free['essay_id'], recovered: false };
    } catch (error) {
      if (isUniqueViolation(error)) return undefined;
      throw error;
    }
  }
}

const QUEUE_LENGTH = 100;

/** Answers when the slot is taken and leaves the essay to a queue, which is lost when the process ends. */
export class LeavesEssayInQueue extends EngineDouble {
  #queue: BindValues[] = [];

  protected override async claim(
    client: ClientBase,
    binds: BindValues,
  ): Promise<AssignmentResult | undefined> {
    const result = toResult(await query(client, CLAIM_SLOT_ALONE, binds));
    if (result?.outcome === 'created') this.#queue.push({ ...binds, essay_id: result.essayId });
    return result;
  }

  protected override async lookAfter(binds: BindValues): Promise<void> {
    if (this.#queue.length >= QUEUE_LENGTH) await this.#flush();
    await super.lookAfter(binds);
  }

  async #flush(): Promise<void> {
    for (const binds of this.#queue.splice(0)) {
      await query(this.pool, UPSERT_ESSAY, binds);
      await query(this.pool, WRITE_EVENT, binds);
    }
  }
}
