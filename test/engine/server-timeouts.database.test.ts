import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type DatabasePool } from '#els/database/pool.js';
import { withConnectionString } from '#els/database/address.js';
import type { AssignmentResult } from '#els/targets/els/engine/assignment.js';
import { createAssignmentEngine } from '#els/targets/els/engine/engine.js';
import { requestFor, useDatabase, withSetting } from '../support/database.js';
import { until, withForeign } from './support/hold.js';
import { newBatch, optionsOf, VARIANTS, type Variant } from './support/variants.js';

// Timeouts that the server sets are kept, named by their code, and never taken for a full batch.

const db = useDatabase();
const pools: DatabasePool[] = [];
afterAll(async () => {
  for (const pool of pools) await pool.end();
});

/** An engine on a server that sets something. */
function engineWith(variant: Variant, setting: string, connections = 4, timeoutMs = 20_000) {
  const address = withConnectionString('--database-url', withSetting(db.url, setting));
  const pool = createPool(address, { connections, applicationName: `engine ${db.schema}` });
  pools.push(pool);
  return createAssignmentEngine(pool, { ...optionsOf(variant), schema: db.schema, timeoutMs });
}

/** Runs work while somebody else holds the tables. */
function whileHeld<T>(work: () => Promise<T>): Promise<T> {
  return withForeign(db, async (foreign) => {
    await foreign.query(
      'lock table batch_essay_trackers, essay_states, slot_assignments in access exclusive mode',
    );
    return work();
  });
}

describe.each(VARIANTS)('$name', (variant) => {
  let batchId = '';
  beforeAll(async () => {
    batchId = await newBatch(db, variant.inventory, 3);
  });

  it('says 57014 of a call that statement_timeout ended, and that it may be made again', async () => {
    const engine = engineWith(variant, 'statement_timeout=250');
    const request = requestFor(batchId, 'cancelled');
    const call = whileHeld(() => engine.assign(request));
    await expect(call).rejects.toMatchObject({
      code: 'strategy_failed',
      retryable: true,
      details: { sqlState: '57014', ambiguous: false },
    });
    expect(await engine.assign(request)).toMatchObject({ outcome: 'created' });
    await engine.close();
  });

  it('keeps a lock_timeout shorter than its own, and says 55P03', async () => {
    const engine = engineWith(variant, 'lock_timeout=20');
    const request = requestFor(batchId, 'locked');
    let call: Promise<AssignmentResult> | undefined;
    await whileHeld(() => {
      call = engine.assign(request);
      // Its own would strike after as long as the call may take.
      return until('it struck', () => Promise.resolve('55P03' in engine.counters.retriesByCode));
    });
    expect(await call).toMatchObject({ outcome: 'created' });
    await engine.close();
  });
});

const [legacy] = VARIANTS;

it.runIf(legacy)('says 25P03 of sessions that idle_in_transaction_session_timeout ended', async () => {
  if (legacy === undefined) return;
  const engine = engineWith(legacy, 'idle_in_transaction_session_timeout=30', 8);
  const batchId = await newBatch(db, legacy.inventory, 400);
  let next = 0;
  while (next < 400 && !('25P03' in engine.counters.retriesByCode)) {
    const calls = Array.from({ length: 8 }, () => engine.assign(requestFor(batchId, `idle-${next++}`)));
    await calls[0];
    // A process that stands still, in the middle of others' transactions.
    const end = performance.now() + 80;
    while (performance.now() < end);
    for (const { outcome } of await Promise.all(calls)) expect(outcome).toBe('created');
  }
  expect(engine.counters.retriesByCode['25P03']).toBeGreaterThan(0);
  await engine.close();
});

it('looks again when the server cancelled the look of a batch that was filled', async () => {
  const variant = VARIANTS.find(({ name }) => name === 'inventory') as Variant;
  const engine = engineWith(variant, 'statement_timeout=250', 2);
  const batchId = await newBatch(db, variant.inventory, 1);
  expect(await engine.assign(requestFor(batchId, 'last'))).toMatchObject({ outcome: 'created' });
  let closed: Promise<void> | undefined;
  await whileHeld(() => {
    closed = engine.close();
    // Longer than two looks may take.
    return sleep(600);
  });
  await closed;
  const [batch] = await db.query<{ done: boolean }>(
    'select completed_at is not null as done from batch_essay_trackers where batch_id = $1',
    [batchId],
  );
  expect(batch?.done).toBe(true);
});
