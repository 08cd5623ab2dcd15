import { describe, expect, it } from 'vitest';
import { requestFor, useDatabase } from '../support/database.js';
import { BULK_VARIANTS } from './support/many.js';
import { assignedEssays, COMPLETED_EVENT, eventsOf } from './support/rows.js';
import { newBatch, optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();

const CLOSED = { name: 'AssignmentError', code: 'engine_closed', retryable: false };

describe.each(VARIANTS)('a closed engine: $name', (variant) => {
  it('has made its pending checks, and takes no call', async () => {
    const batchId = await newBatch(db, variant.inventory, 1);
    const engine = db.engine(optionsOf(variant));
    await engine.assign(requestFor(batchId, 'content'));
    await engine.close();
    expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
    const refused = requestFor(batchId, 'content');
    const { correlationId } = refused;
    await expect(engine.assign(refused)).rejects.toMatchObject({ ...CLOSED, correlationId });
    await engine.close();
  });
});

describe.each(BULK_VARIANTS)('a closed engine: $name', (variant) => {
  it('rejects each of many requests', async () => {
    const batchId = await newBatch(db, variant.inventory, 2);
    const engine = db.engine(optionsOf(variant));
    await engine.close();
    const requests = [requestFor(batchId, 'one'), requestFor(batchId, 'other')];
    const reasons = requests.map(({ correlationId }) => ({ reason: { ...CLOSED, correlationId } }));
    expect(await engine.assignMany(requests)).toMatchObject(reasons);
    expect(await assignedEssays(db, batchId)).toEqual([]);
  });
});

it('is told apart from one that made its pending checks and goes on', async () => {
  const batchId = await newBatch(db, 'slots', 1);
  const engine = db.engine();
  await engine.settle();
  expect(await engine.assign(requestFor(batchId, 'content'))).toMatchObject({ outcome: 'created' });
});
