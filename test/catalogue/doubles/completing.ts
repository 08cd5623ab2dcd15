import { setTimeout as sleep } from 'node:timers/promises';
import type { BindValues } from '#els/database/statement.js';
import type { AssignmentResult } from '#els/targets/els/engine/assignment.js';
import { edited } from '../../engine/support/custom.js';
import { EngineDouble, LOOK, query } from './engine-double.js';

const SLOW_COMMIT_MS = 300;

/** Looks before its commit: of two last claims, neither sees the other. */
export class CompletesInTheTransaction extends EngineDouble {
  protected override attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    return this.inTransaction(async (client) => {
      const result = await this.claim(client, binds);
      await query(client, LOOK, binds);
      await sleep(SLOW_COMMIT_MS);
      return result;
    });
  }

  protected override async lookAfter(): Promise<void> {}
}

const LOOK_AGAIN = edited(LOOK, 'and completed_at is null and (', 'and (');

/** Does not ask whether the batch was completed before. */
export class CompletesAgain extends EngineDouble {
  protected override async lookAfter(binds: BindValues): Promise<void> {
    await query(this.pool, LOOK_AGAIN, binds);
  }
}

const IS_OPEN = 'select 1 from batch_essay_trackers where batch_id = :batch_id and completed_at is null';

/** Asks first whether the batch is still open, and completes it in another statement. */
export class CompletesWhatWasOpen extends EngineDouble {
  protected override async lookAfter(binds: BindValues): Promise<void> {
    const open = await query(this.pool, IS_OPEN, binds);
    await sleep(SLOW_COMMIT_MS);
    if (open.length > 0) await query(this.pool, LOOK_AGAIN, binds);
  }
}
