import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine, type EngineOptions } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase, withSetting } from '../support/database.js';
import { custom, edited, sqlFile } from './support/custom.js';
import { drawn, times } from '../support/draws.js';
import { engineLocks, lockVacancies, until, untilLocked, withForeign, type Foreign } from './support/hold.js';
import { assignedEssays } from './support/rows.js';
import { newBatch, optionsOf, WITH_LOCKS } from './support/variants.js';

// Pitfall 6: a lock that is taken inside the claim's own statement is worthless, for the statement's snapshot is
// older than the lock.

const db = useDatabase();

/** `cte` with the advisory lock inside the same statement. */
const lockedInside = edited(
  edited(
    sqlFile('strategies/cte.sql'),
    'with seen as materialized (',
    `with locked as materialized (
      select 1 as one,
        pg_advisory_xact_lock(hashtextextended(:text_storage_id, hashtextextended(:batch_id, 0)))
    ), seen as materialized (`,
  ),
  'where batch_id = :batch_id\n), claimed',
  'where batch_id = :batch_id and (select one from locked) = 1\n), claimed',
);

/** Takes the advisory lock of a batch and content, by the key of sql/strategies/lock.sql. */
function lockContent(foreign: Foreign, batchId: string, content: string): Promise<unknown> {
  return foreign.query('select pg_advisory_xact_lock(hashtextextended($1, hashtextextended($2, 0)))', [
    content,
    batchId,
  ]);
}

/** Two deliveries of one content whose statements both began before either had the advisory lock. */
async function twoBehindOneLock(options: EngineOptions, batchId: string) {
  const engine = db.engine(options, 2);
  const results = await withForeign(db, async (foreign) => {
    await lockContent(foreign, batchId, 'content');
    const calls = times(2, () => engine.assign(requestFor(batchId, 'content')));
    await untilLocked(db, 2);
    await foreign.rollback();
    return Promise.all(calls);
  });
  const outcomes = results.map(({ outcome }) => outcome).sort();
  return { outcomes, retries: engine.counters.retriesByCode };
}

/** An answer comes a moment before the server has let go of the transaction's locks. */
function untilNoAdvisoryLock(): Promise<void> {
  return until('no advisory lock is held', async () =>
    (await engineLocks(db)).every(({ locktype }) => locktype !== 'advisory'),
  );
}

describe.each(WITH_LOCKS)('$name', (variant) => {
  const { inventory } = variant;

  drawn('makes the second delivery wait for the first and see its slot', async (draw) => {
    const batchId = await newBatch(db, inventory, draw.integer(2, 9));
    const { outcomes, retries } = await twoBehindOneLock(optionsOf(variant), batchId);
    expect(outcomes).toEqual(['created', 'reused']);
    expect(retries).toEqual({});
    expect(await assignedEssays(db, batchId)).toHaveLength(1);
  });

  drawn('never meets 23505 in a storm of duplicates, and frees its locks', async (draw) => {
    const engines = [db.engine(optionsOf(variant)), db.engine(optionsOf(variant))] as const;
    const contents = draw.integer(1, 4);
    const batchId = await newBatch(db, inventory, contents + draw.integer(0, 9));
    await Promise.all(
      times(contents * draw.integer(10, 30), (position) =>
        draw.pick(engines).assign(requestFor(batchId, `content-${position % contents}`)),
      ),
    );
    for (const { counters } of engines) expect(counters.retriesByCode).not.toHaveProperty('23505');
    expect(await assignedEssays(db, batchId)).toHaveLength(contents);
    await untilNoAdvisoryLock();
  });

  it('frees its lock after an error', async () => {
    const hasty = db.engine({ ...optionsOf(variant), timeoutMs: 150 }, 2);
    const unknown = requestFor(`${db.schema}-nowhere`, 'content');
    await expect(hasty.assign(unknown)).rejects.toMatchObject({ code: 'unknown_batch' });
    const batchId = await newBatch(db, inventory, 1);
    await withForeign(db, async (foreign) => {
      await lockVacancies(foreign, inventory, batchId);
      const late = hasty.assign(requestFor(batchId, 'content'));
      await expect(late).rejects.toMatchObject({ code: 'contention_deadline' });
    });
    await untilNoAdvisoryLock();
  });

  it('gives up at the deadline while a rival holds the lock of its content', async () => {
    const hasty = db.engine({ ...optionsOf(variant), timeoutMs: 150 }, 2);
    const batchId = await newBatch(db, inventory, 1);
    await withForeign(db, async (foreign) => {
      await lockContent(foreign, batchId, 'content');
      const late = hasty.assign(requestFor(batchId, 'content'));
      await expect(late).rejects.toMatchObject({ code: 'contention_deadline', retryable: true });
      expect(await hasty.assign(requestFor(batchId, 'another'))).toMatchObject({ outcome: 'created' });
    });
  });
});

describe('legacy on a session that may not let go of its lock', () => {
  const role = `locked_${randomBytes(4).toString('hex')}`;
  const unlock = 'function pg_advisory_unlock(bigint)';
  beforeAll(async () => {
    await db.query(`create role ${role}`);
    await db.query(`grant usage on schema ${db.schema} to ${role}`);
    await db.query(`grant all on all tables in schema ${db.schema} to ${role}`);
    await db.query(`revoke execute on ${unlock} from public`);
  });
  afterAll(async () => {
    await db.query(`grant execute on ${unlock} to public`);
    await db.query(`drop owned by ${role}`);
    await db.query(`drop role ${role}`);
  });

  it('answers, and closes the session, whose end frees the lock', async () => {
    const address = withConnectionString('--database-url', withSetting(db.url, `role=${role}`));
    const pool = createPool(address, { connections: 1, applicationName: `engine ${db.schema}` });
    const engine = createAssignmentEngine(pool, { schema: db.schema, advisoryLocks: true });
    const unknown = requestFor(`${db.schema}-nowhere`, 'content');
    await expect(engine.assign(unknown)).rejects.toMatchObject({ code: 'unknown_batch' });
    await untilNoAdvisoryLock();
    const batchId = await newBatch(db, 'slots', 1);
    expect(await engine.assign(requestFor(batchId, 'content'))).toMatchObject({ outcome: 'created' });
    await untilNoAdvisoryLock();
    await engine.close();
    await pool.end();
  });
});

drawn('without an effective lock the second delivery runs into 23505', async (draw) => {
  const batchId = await newBatch(db, 'slots', draw.integer(2, 9));
  const { outcomes, retries } = await twoBehindOneLock({ strategy: custom(lockedInside) }, batchId);
  expect(outcomes).toEqual(['created', 'reused']);
  expect(retries).toEqual({ '23505': 1 });
});
