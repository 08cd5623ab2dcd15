import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import { createAssignmentEngine, type AssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase } from '../support/database.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { drawn, times } from '../support/draws.js';
import { ASSIGNED_EVENT, assignedEssays, eventsOf } from './support/rows.js';
import { newBatch, optionsOf, VARIANTS, type Variant } from './support/variants.js';

// A proxy swallows one answer of the server: the server did what it was asked, and nobody was told.

const db = useDatabase();
const NO_WAIT = { timeoutMs: 300 };

/** How many round trips a created call makes, and by which of them something, then everything, is committed. */
function roundTrips({ strategy, advisoryLocks }: Variant): { all: number; claimed: number; written: number } {
  if (strategy !== 'legacy') return { all: 1, claimed: 1, written: 1 };
  return advisoryLocks ? { all: 10, claimed: 4, written: 9 } : { all: 8, claimed: 3, written: 8 };
}

describe.each(VARIANTS)('$name', (variant) => {
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

  drawn('recovers its own assignment, whichever reply was lost', async (draw) => {
    const { all, claimed, written } = roundTrips(variant);
    for (const lost of times(all, (position) => position + 1)) {
      const batchId = await newBatch(db, variant.inventory, draw.integer(2, 5));
      await engine.assign(requestFor(batchId, 'connect'));
      await engine.settle();
      const { retriesByCode } = engine.counters;
      proxy.loseReplyAfter(lost - 1);
      const result = await engine.assign(requestFor(batchId, 'content'));
      // Of legacy's claim alone nobody knows who made it: the slot is taken, no essay is written, no reply came.
      const isOrphan = lost === claimed && claimed < written;
      const expected = isOrphan
        ? { outcome: 'reused', replyLost: true }
        : { outcome: 'created', recovered: lost >= claimed };
      expect(result, `reply ${lost}`).toMatchObject(expected);
      expect(engine.counters.retriesByCode['connection']).toBe((retriesByCode['connection'] ?? 0) + 1);
      expect(await assignedEssays(db, batchId)).toHaveLength(2);
      expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(2);
    }
  });

  it('calls a duplicate reused, although its first reply was lost', async () => {
    const batchId = await newBatch(db, variant.inventory, 2);
    await engine.assign(requestFor(batchId, 'content'));
    await engine.settle();
    proxy.loseReplyAfter(0);
    expect(await engine.assign(requestFor(batchId, 'content'))).toMatchObject({ outcome: 'reused' });
  });
});

describe.each(VARIANTS)('$name, without a database', (variant) => {
  it('says database_unavailable, and that nothing can have happened', async () => {
    const proxy = await startProxy(db.url);
    await proxy.shut();
    const address = withConnectionString('--database-url', proxy.url);
    const pool = createPool(address, { connections: 2, applicationName: 'unreachable' });
    const engine = createAssignmentEngine(pool, { ...optionsOf(variant), ...NO_WAIT, schema: db.schema });
    const request = requestFor('batch', 'content');
    await expect(engine.assign(request)).rejects.toMatchObject({
      name: 'AssignmentError',
      code: 'database_unavailable',
      retryable: true,
      correlationId: request.correlationId,
      details: { ambiguous: false },
    });
    expect(engine.counters.retriesByCode['connection']).toBeGreaterThan(0);
    await pool.end();
  });

  it('says that it may have happened when the database goes away during the call', async () => {
    const proxy = await startProxy(db.url);
    const address = withConnectionString('--database-url', proxy.url);
    const pool = createPool(address, { connections: 2, applicationName: `engine ${db.schema}` });
    const engine = createAssignmentEngine(pool, { ...optionsOf(variant), ...NO_WAIT, schema: db.schema });
    const batchId = await newBatch(db, variant.inventory, 2);
    await engine.assign(requestFor(batchId, 'connect'));
    await engine.settle();
    const call = engine.assign(requestFor(batchId, 'content'));
    const failure = expect(call).rejects.toMatchObject({
      code: 'database_unavailable',
      retryable: true,
      details: { ambiguous: true },
    });
    await new Promise(setImmediate);
    await proxy.shut();
    await failure;
    await pool.end();
  });
});
