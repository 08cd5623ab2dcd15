import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase, PoolClient } from 'pg';
import type { BindValues } from '#els/database/statement.js';
import type { AssignmentRequest, AssignmentResult } from '#els/targets/els/engine/assignment.js';
import { AssignmentError } from '#els/targets/els/engine/errors.js';
import { EngineDouble, query } from './engine-double.js';

const SLOW_COMMIT_MS = 300;
const PATIENCE_MS = 30;

/** Its patience ends before the commit does, and it reports a failure that nothing came of. */
export class TakesTimeoutForFailure extends EngineDouble {
  readonly #underWay: Promise<unknown>[] = [];

  override assign(request: AssignmentRequest): Promise<AssignmentResult> {
    const assigned = super.assign(request);
    this.#underWay.push(assigned);
    return Promise.race([assigned, failAfterPatience(request)]);
  }

  protected override async claim(
    client: ClientBase,
    binds: BindValues,
  ): Promise<AssignmentResult | undefined> {
    const result = await super.claim(client, binds);
    await sleep(SLOW_COMMIT_MS);
    return result;
  }

  override async close(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}

async function failAfterPatience({ correlationId }: AssignmentRequest): Promise<never> {
  await sleep(PATIENCE_MS);
  throw new AssignmentError('strategy_failed', 'timed out', { retryable: false, correlationId });
}

const GROUP = 4;

/** Answers before its commit: four claims share one, and what is left when the process ends is lost. */
export class AnswersBeforeCommit extends EngineDouble {
  #session: PoolClient | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #claims = 0;

  /** One after the other on one connection. */
  protected override attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    const result = this.#turn.then(() => this.#claimNext(binds));
    this.#turn = result;
    return result;
  }

  async #claimNext(binds: BindValues): Promise<AssignmentResult | undefined> {
    this.#session ??= await this.pool.connect();
    if (this.#claims % GROUP === 0) await this.#session.query('begin');
    const result = await this.claim(this.#session, binds);
    this.#claims += 1;
    if (this.#claims % GROUP === 0) await this.#session.query('commit');
    return result;
  }

  override async close(): Promise<void> {
    await this.#turn;
    this.#session?.release(true);
  }
}

const LAST = `
  select essay_id from essay_states where batch_id = :batch_id and text_storage_id is not null
  order by updated_at desc limit 1`;

/** Reads back the essay that was assigned last, instead of the one that its own statement returned. */
export class ReadsTheLastOneBack extends EngineDouble {
  protected override async attempt(binds: BindValues): Promise<AssignmentResult | undefined> {
    const result = await super.attempt(binds);
    if (result?.outcome !== 'created') return result;
    await sleep(SLOW_COMMIT_MS);
    const [last] = await query(this.pool, LAST, binds);
    return { ...result, essayId: last?.['essay_id'] ?? '' };
  }
}
