import { expect, it } from 'vitest';
import { openSession, Session } from '#els/database/session.js';
import { assignmentBinds } from '#els/targets/els/engine/documents.js';
import { createStrategy } from '#els/targets/els/engine/create-strategy.js';
import { requestFor, useDatabase } from '../support/database.js';
import { assignedEssays, disagreements } from '../engine/support/rows.js';
import { newBatch } from '../engine/support/variants.js';
import { inventoryOf, migrate, onClient } from './support.js';

// legacy reads the tracker, and claims some round trips later.

const db = useDatabase();
const legacy = createStrategy({ kind: 'built-in', name: 'legacy' }, false);

/** One attempt of legacy on a batch, with something done after one of its statements. */
function attempt(batchId: string, statement: string, meanwhile: () => Promise<unknown>) {
  return onClient(db, async (client) => {
    await client.query('deallocate all');
    await openSession(client, { schema: db.schema, lockTimeoutMs: 20_000 }, legacy.statements);
    const session = new Session(client, { roundTrips: 0 });
    const run = session.run.bind(session);
    session.run = async (sent, values) => {
      const rows = await run(sent, values);
      if (sent.name === `strategies/legacy/${statement}`) await meanwhile();
      return rows;
    };
    const binds = { ...assignmentBinds(requestFor(batchId, 'content'), new Date()), low_water: null };
    return legacy.attempt(session, binds, {});
  });
}

it('claims nothing in a batch that was switched since', async () => {
  const batchId = await newBatch(db, 'slots', 2);
  const answer = await attempt(batchId, 'find-assignment', () => migrate(db, batchId, 'essays'));
  expect(answer).toEqual({ outcome: 'contended' });
  expect(await assignedEssays(db, batchId)).toEqual([]);
  expect(await disagreements(db, batchId)).toEqual([]);
});

it('writes the essay of the slot that it claimed before the batch was marked, and the migration waits for it', async () => {
  const batchId = await newBatch(db, 'slots', 2);
  let goOn: () => void = () => undefined;
  const drained = new Promise<void>((resolve) => (goOn = resolve));
  let answer: ReturnType<typeof attempt> | undefined;
  const beforeMark = () =>
    new Promise<void>((claimed) => {
      answer = attempt(batchId, 'claim-slot', () => {
        claimed();
        return drained;
      });
    });
  const onStep = (_: string, step: string) => Promise.resolve(step === 'drained' ? goOn() : undefined);
  const migration = await migrate(db, batchId, 'essays', { beforeMark, onStep });
  expect(await answer).toMatchObject({ outcome: 'created' });
  expect(migration).toMatchObject({ outcome: 'migrated', disagreements: [] });
  expect(await inventoryOf(db, batchId)).toBe('essays');
  expect(await assignedEssays(db, batchId)).toHaveLength(1);
});
