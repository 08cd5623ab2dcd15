import { describe, expect, it } from 'vitest';
import { otherThan } from '#els/targets/els/migrate/move.js';
import { useDatabase } from '../support/database.js';
import { withForeign } from '../engine/support/hold.js';
import { newBatch } from '../engine/support/variants.js';
import { inventoryOf, leaveSwitching, migrate } from './support.js';

// What comes between the steps of a migration: long transactions, limits, signals, what is gone.

const db = useDatabase();

describe('an older transaction', () => {
  it.each(['slots', 'essays'] as const)(
    'that may still write through %s is waited for, and named when it takes too long',
    async (inventory) => {
      const batchId = await newBatch(db, inventory, 1);
      await withForeign(db, async (foreign) => {
        const [table, column] =
          inventory === 'slots' ? ['slot_assignments', 'text_storage_id'] : ['essay_states', 'version'];
        await foreign.query(`update ${table} set ${column} = ${column} where false`);
        await expect(migrate(db, batchId, otherThan(inventory), { pauseLimitMs: 100 })).rejects.toMatchObject(
          {
            code: 'older_transaction',
            message: expect.stringMatching(
              new RegExp(`^backend \\d+ \\(test ${db.schema}\\) has a transaction`),
            ) as string,
          },
        );
        expect(await inventoryOf(db, batchId)).toBe(inventory);
      });
    },
  );

  it('that only reads is not waited for', async () => {
    const batchId = await newBatch(db, 'slots', 1);
    await withForeign(db, async (foreign) => {
      await foreign.query('set transaction isolation level repeatable read');
      await foreign.query('select count(*) from slot_assignments');
      expect(await migrate(db, batchId, 'essays', { pauseLimitMs: 2_000 })).toMatchObject({
        outcome: 'migrated',
      });
    });
  });
});

describe('what lasts longer than callers may wait', () => {
  it('puts the batch back: a lock on its tracker', async () => {
    const batchId = await newBatch(db, 'slots', 2);
    await withForeign(db, async (foreign) => {
      const onStep = async (_: string, step: string) => {
        if (step !== 'drained') return;
        await foreign.query('select 1 from batch_essay_trackers where batch_id = $1 for update', [batchId]);
        setTimeout(() => void foreign.rollback(), 500);
      };
      await expect(migrate(db, batchId, 'essays', { onStep, pauseLimitMs: 100 })).rejects.toMatchObject({
        code: 'pause_limit',
        message: expect.stringMatching(
          /could not be switched within 100 ms \(canceling statement due to \w+ timeout\)/,
        ) as string,
      });
    });
    expect(await inventoryOf(db, batchId)).toBe('slots');
  });

  it('is told of before callers wait: a transaction that does not end', async () => {
    const batchId = await newBatch(db, 'slots', 2);
    const steps: string[] = [];
    const unfinished: unknown[] = [];
    await withForeign(db, async (foreign) => {
      await foreign.query('update slot_assignments set status = status where false');
      const control = {
        pauseLimitMs: 50,
        onStep: (_: string, step: string) => Promise.resolve(void steps.push(step)),
        onUnfinished: (batch: unknown) => void unfinished.push(batch),
      };
      await expect(migrate(db, batchId, 'essays', control)).rejects.toMatchObject({
        code: 'older_transaction',
      });
    });
    expect(steps).toEqual([]);
    expect(unfinished).toEqual([
      { batchId, outcome: 'unfinished', copied: 0, pauseMs: 0, disagreements: [] },
    ]);
  });
});

it('hears a signal while it waits for older transactions', async () => {
  const batchId = await newBatch(db, 'slots', 2);
  const stop = new AbortController();
  await withForeign(db, async (foreign) => {
    await foreign.query('update slot_assignments set status = status where false');
    setTimeout(() => stop.abort('SIGINT'), 50);
    await expect(migrate(db, batchId, 'essays', { pauseLimitMs: 60_000, signal: stop.signal })).rejects.toBe(
      'SIGINT',
    );
  });
  expect(await inventoryOf(db, batchId)).toBe('slots');
});

it('does not call a batch migrated that was removed meanwhile', async () => {
  const batchId = await newBatch(db, 'slots', 2);
  const remove = async () => {
    await db.query('delete from essay_states where batch_id = $1', [batchId]);
    await db.query(
      'delete from slot_assignments where batch_tracker_id = (select id from batch_essay_trackers where batch_id = $1)',
      [batchId],
    );
    await db.query('delete from batch_essay_trackers where batch_id = $1', [batchId]);
  };
  const onStep = (_: string, step: string) => (step === 'drained' ? remove() : Promise.resolve());
  await expect(migrate(db, batchId, 'essays', { onStep })).rejects.toMatchObject({ code: 'batch_gone' });
});

it('names the prepared transaction that it cannot wait out', async ({ skip }) => {
  const [{ most } = { most: '0' }] = await db.query<{ most: string }>(
    `select current_setting('max_prepared_transactions') as most`,
  );
  if (most === '0') skip('the server allows no prepared transactions');
  const batchId = await newBatch(db, 'slots', 1);
  await withForeign(db, async (foreign) => {
    await foreign.query('update slot_assignments set status = status where false');
    await foreign.query(`prepare transaction '${batchId}'`);
  });
  await expect(migrate(db, batchId, 'essays', { pauseLimitMs: 50 })).rejects.toMatchObject({
    message: expect.stringContaining(`prepared transaction "${batchId}"`) as string,
  });
  await db.query(`rollback prepared '${batchId}'`);
});

it('tells how long callers waited for a migration that was killed, too', async () => {
  const batchId = await newBatch(db, 'slots', 1);
  await leaveSwitching(db, batchId, 'essays', '10 seconds');
  const { outcome, pauseMs } = await migrate(db, batchId, 'essays');
  expect({ outcome, long: pauseMs >= 10_000 }).toEqual({ outcome: 'migrated', long: true });
});

it('a signal between two steps puts the batch back', async () => {
  const batchId = await newBatch(db, 'slots', 2);
  const stop = new AbortController();
  const onStep = () => Promise.resolve(stop.abort('SIGINT'));
  await expect(migrate(db, batchId, 'essays', { onStep, signal: stop.signal })).rejects.toBe('SIGINT');
  expect(await inventoryOf(db, batchId)).toBe('slots');
});

it('a failure after the switch does not put the batch back', async () => {
  const batchId = await newBatch(db, 'slots', 2);
  const onStep = (_: string, step: string) =>
    step === 'switched' ? Promise.reject(new Error('too late')) : Promise.resolve();
  await expect(migrate(db, batchId, 'essays', { onStep })).rejects.toThrow('too late');
  expect(await inventoryOf(db, batchId)).toBe('essays');
});
