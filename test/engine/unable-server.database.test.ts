import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase, withSetting } from '../support/database.js';
import { assignedEssays } from './support/rows.js';
import { newBatch, optionsOf, VARIANTS } from './support/variants.js';

// The server is there and the statement is right, but it cannot be done now.

const db = useDatabase();

beforeAll(async () => {
  await db.query(`create function fail() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file: No space left on device' using errcode = tg_argv[0]; end $$`);
});
afterEach(() => db.query('drop trigger if exists failing on event_outbox'));

const failWith = (sqlState: string) =>
  db.query(`create trigger failing before insert on event_outbox execute function fail('${sqlState}')`);

const variants = VARIANTS.filter(({ advisoryLocks }) => !advisoryLocks);

describe.each(variants)('$name', (variant) => {
  it.each(['53100', '53200', '58030'])('may be called again after SQLSTATE %s', async (sqlState) => {
    const engine = db.engine(optionsOf(variant));
    const request = requestFor(await newBatch(db, variant.inventory, 1), 'content');
    await failWith(sqlState);
    const unavailable = {
      ...{ code: 'database_unavailable', retryable: true, details: { sqlState } },
      message: expect.stringContaining('No space left on device') as string,
    };
    await expect(engine.assign(request)).rejects.toMatchObject(unavailable);
    if (variant.strategy !== 'legacy') {
      const refused = { status: 'rejected', reason: unavailable };
      expect(await engine.assignMany([request])).toMatchObject([refused]);
    }
    expect(await assignedEssays(db, request.batchId)).toEqual([]);

    await db.query('drop trigger failing on event_outbox');
    await engine.assign(request);
    await engine.settle();
    expect(await assignedEssays(db, request.batchId)).toHaveLength(1);
  });

  it('says that a server which may only be read is unavailable', async () => {
    const url = withSetting(db.url, 'default_transaction_read_only=on');
    const address = withConnectionString('--database-url', url);
    const pool = createPool(address, { connections: 1, applicationName: `engine ${db.schema}` });
    const engine = createAssignmentEngine(pool, { ...optionsOf(variant), schema: db.schema });
    const batchId = await newBatch(db, variant.inventory, 1);
    await expect(engine.assign(requestFor(batchId, 'content'))).rejects.toMatchObject({
      ...{ code: 'database_unavailable', retryable: true, details: { sqlState: '25006' } },
    });
    await pool.end();
  });

  it('still blames the strategy for what its statement does wrong', async () => {
    const batchId = await newBatch(db, variant.inventory, 1);
    await failWith('22012');
    await expect(db.engine(optionsOf(variant)).assign(requestFor(batchId, 'content'))).rejects.toMatchObject({
      ...{ code: 'strategy_failed', retryable: false },
    });
  });
});
