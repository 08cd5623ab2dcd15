import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine, type AssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase } from '../support/database.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { drawn, times } from '../support/draws.js';
import { assignByHand, untilLocked, withForeign } from './support/hold.js';
import { BULK_VARIANTS, endsOf, valuesOf } from './support/many.js';
import { ASSIGNED_EVENT, assignedEssays, COMPLETED_EVENT, eventsOf } from './support/rows.js';
import { essayId, newBatch, optionsOf } from './support/variants.js';

// A proxy swallows the answer of a bulk call: the server assigned, and nobody was told.

const db = useDatabase();

describe.each(BULK_VARIANTS)('$name', (variant) => {
  const { inventory } = variant;
  const direct = db.engine(optionsOf(variant));
  let proxy: TcpProxy;
  let pool: DatabasePool;
  let engine: AssignmentEngine;

  beforeAll(async () => {
    proxy = await startProxy(db.url);
    const address = withConnectionString('--database-url', proxy.url);
    pool = createPool(address, { connections: 1, applicationName: `engine ${db.schema}` });
    engine = createAssignmentEngine(pool, { ...optionsOf(variant), schema: db.schema });
  });
  afterAll(async () => {
    await engine.settle();
    await pool.end();
    await proxy.shut();
  });

  drawn('recovers its own assignments, each by its own correlation id', async (draw) => {
    const contents = draw.integer(1, 9);
    const before = draw.integer(0, contents);
    const batchId = await newBatch(db, inventory, contents + 1);
    const requests = times(contents, (position) => requestFor(batchId, `content-${position}`));
    await engine.assign(requestFor(batchId, 'connect'));
    await direct.assignMany(
      requests.slice(0, before).map((request) => requestFor(batchId, request.textStorageId)),
    );
    await engine.settle();
    proxy.loseReplyAfter(0);
    // Each content comes twice: the second delivery of it created nothing.
    const duplicates = requests.map((request) => requestFor(batchId, request.textStorageId));
    const results = valuesOf(await engine.assignMany([...requests, ...duplicates]));
    const reused = { outcome: 'reused', replyLost: true };
    expect(results).toMatchObject([
      ...times(before, () => reused),
      ...times(contents - before, () => ({ outcome: 'created', recovered: true })),
      ...times(contents, () => reused),
    ]);
    await engine.settle();
    await direct.settle();
    expect(await assignedEssays(db, batchId)).toHaveLength(contents + 1);
    expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(contents + 1);
    expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
  });

  drawn('does the same for deliveries that a broker makes again', async (draw) => {
    const contents = draw.integer(1, 9);
    const batchId = await newBatch(db, inventory, contents);
    const requests = times(contents, (position) => requestFor(batchId, `content-${position}`));
    await direct.assignMany(requests);
    const again = valuesOf(await direct.assignMany(requests, { redelivered: true }));
    expect(again).toMatchObject(times(contents, () => ({ outcome: 'created', recovered: true })));
    const others = requests.map((request) => requestFor(batchId, request.textStorageId));
    const reused = valuesOf(await direct.assignMany(others, { redelivered: true }));
    expect(reused).toMatchObject(times(contents, () => ({ outcome: 'reused', replyLost: true })));
  });

  it('is made again when its backend is terminated before anything was committed', async () => {
    const terminated = db.engine(optionsOf(variant), 2);
    const batchId = await newBatch(db, inventory, 5);
    const requests = times(4, (position) => requestFor(batchId, `content-${position}`));
    await withForeign(db, async (foreign) => {
      await assignByHand(foreign, { inventory, essay: essayId(batchId, 5), content: 'content-2' });
      const call = terminated.assignMany(requests);
      for (const { pid } of await untilLocked(db)) await db.query('select pg_terminate_backend($1)', [pid]);
      await untilLocked(db);
      await foreign.rollback();
      expect(valuesOf(await call)).toMatchObject(times(4, () => ({ outcome: 'created', recovered: false })));
    });
    expect(terminated.counters.retriesByCode).toEqual({ connection: 1 });
    expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(4);
  });

  it('says of each that it may have happened when the database goes away during the call', async () => {
    const leaving = await startProxy(db.url);
    const address = withConnectionString('--database-url', leaving.url);
    const own = createPool(address, { connections: 1, applicationName: `engine ${db.schema}` });
    const hasty = createAssignmentEngine(own, { ...optionsOf(variant), timeoutMs: 300, schema: db.schema });
    const batchId = await newBatch(db, inventory, 3);
    await hasty.assign(requestFor(batchId, 'connect'));
    await hasty.settle();
    const requests = times(2, (position) => requestFor(batchId, `content-${position}`));
    const call = hasty.assignMany([...requests, requestFor('another-batch', 'content')]);
    await new Promise(setImmediate);
    await leaving.shut();
    const results = await call;
    expect(endsOf(results)).toEqual(times(3, () => 'database_unavailable'));
    const ambiguous = results.map(
      (result) => result.status === 'rejected' && (result.reason as { details: object }).details,
    );
    expect(ambiguous).toMatchObject([{ ambiguous: true }, { ambiguous: true }, { ambiguous: false }]);
    await own.end();
  });
});
