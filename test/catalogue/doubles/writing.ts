import type { ClientBase } from 'pg';
import type { BindValues } from '#els/database/statement.js';
import type { AssignmentResult } from '#els/domain/assignment.js';
import { edited, sqlFile } from '../../engine/support/custom.js';
import { CTE, EngineDouble, query, toResult } from './engine-double.js';

const WRITE_ESSAY = sqlFile('strategies/legacy/upsert-essay.sql');
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
      await query(this.pool, WRITE_ESSAY, binds);
      await query(this.pool, WRITE_EVENT, binds);
    }
  }
}
