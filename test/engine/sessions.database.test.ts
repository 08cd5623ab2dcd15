import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { createPool } from '#els/database/pool.js';
import { setupSchema } from '#els/database/schema.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase, withSetting } from '../support/database.js';
import { newBatch, optionsOf, VARIANTS } from './support/variants.js';

// A connection that failed to be set up must not stay half set up.

const db = useDatabase();
const schemas: string[] = [];
afterAll(async () => {
  for (const schema of schemas) await db.query(`drop schema ${pg.escapeIdentifier(schema)} cascade`);
});

describe.each(VARIANTS)('$name', (variant) => {
  it('works on the connection on which it failed before there was a schema', async () => {
    const schema = `late_${randomBytes(5).toString('hex')}`;
    schemas.push(schema);
    const engine = db.engine({ ...optionsOf(variant), schema }, 1);
    const request = requestFor('batch', 'content');
    await expect(engine.assign(request)).rejects.toMatchObject({ code: 'strategy_failed' });

    const client = await db.pool.connect();
    await client.query('begin');
    await client.query(`set local search_path to ${pg.escapeIdentifier(schema)}`);
    await setupSchema(client, schema, { reset: false });
    await client.query('commit');
    client.release();
    await expect(engine.assign(request)).rejects.toMatchObject({ code: 'unknown_batch' });
  });

  it('works in READ COMMITTED whatever the default of the role or the database is', async () => {
    const pool = createPool(
      withConnectionString(
        '--database-url',
        withSetting(db.url, 'default_transaction_isolation=serializable'),
      ),
      {
        connections: 4,
        applicationName: `engine ${db.schema}`,
      },
    );
    const engine = createAssignmentEngine(pool, { ...optionsOf(variant), schema: db.schema });
    const batchId = await newBatch(db, variant.inventory, 3);
    const calls = Array.from({ length: 12 }, () => engine.assign(requestFor(batchId, 'content')));
    const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(engine.counters.retriesByCode).not.toHaveProperty('40001');
    await engine.settle();
    await pool.end();
  });
});

it('hears of the breaks of a connection once', async () => {
  const address = withConnectionString('--database-url', db.url);
  const pool = createPool(address, { connections: 1, applicationName: `engine ${db.schema}` });
  const engine = createAssignmentEngine(pool, {
    strategy: { kind: 'built-in', name: 'cte' },
    schema: db.schema,
  });
  await engine.assign(requestFor(await newBatch(db, 'slots', 1), 'content'));
  await engine.close();
  const client = await pool.connect();
  const listeners = client.listenerCount('error');
  client.release();
  await pool.end();
  expect(listeners).toBe(1);
});
