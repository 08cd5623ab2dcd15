import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { otherThan } from '#els/targets/els/migrate/move.js';
import { requestFor, useDatabase } from '../support/database.js';
import { drawn, times } from '../support/draws.js';
import { assignByHand, until, untilLocked, withForeign } from '../engine/support/hold.js';
import { assignedEssays, disagreements } from '../engine/support/rows.js';
import { essayId, newBatch, optionsOf, VARIANTS } from '../engine/support/variants.js';
import { inventoryOf, leaveSwitching, migrate } from './support.js';

const db = useDatabase();

describe.each(VARIANTS)('a batch that $name fills', (variant) => {
  const engine = db.engine({ ...optionsOf(variant), timeoutMs: 20_000 });
  const to = otherThan(variant.inventory);
  const next = db.engine({
    strategy: { kind: 'built-in', name: to === 'slots' ? 'cte' : 'inventory' },
  });

  drawn('is filled on through the other inventory: each content keeps its slot', async (draw) => {
    const slots = draw.integer(2, 8);
    const before = draw.integer(0, slots);
    const batchId = await newBatch(db, variant.inventory, slots);
    const assigned = await Promise.all(
      times(before, (content) => engine.assign(requestFor(batchId, `content-${content}`))),
    );
    const copied = to === 'slots' ? before : 0;
    expect(await migrate(db, batchId, to)).toMatchObject({ outcome: 'migrated', copied, disagreements: [] });

    expect(await disagreements(db, batchId)).toEqual([]);
    await expect(engine.assign(requestFor(batchId, 'late'))).rejects.toMatchObject({
      code: 'inventory_mismatch',
    });
    for (const [content, earlier] of assigned.entries()) {
      const again = await next.assign(requestFor(batchId, `content-${content}`));
      expect(again).toEqual({ outcome: 'reused', essayId: 'essayId' in earlier ? earlier.essayId : '' });
    }
    for (let content = before; content < slots; content++) {
      expect(await next.assign(requestFor(batchId, `content-${content}`))).toMatchObject({
        outcome: 'created',
      });
    }
    expect(await next.assign(requestFor(batchId, 'one-too-many'))).toEqual({ outcome: 'no_slot' });
    expect(await assignedEssays(db, batchId)).toHaveLength(slots);
    expect(await migrate(db, batchId, to)).toMatchObject({ outcome: 'already', pauseMs: 0 });
  });

  it('keeps its callers waiting while it is switched', async () => {
    const batchId = await newBatch(db, variant.inventory, 2);
    let call: Promise<unknown> = Promise.resolve();
    let isOver = false;
    const onStep = async (_: string, step: string) => {
      if (step !== 'drained') return;
      call = engine.assign(requestFor(batchId, 'content')).catch((error: unknown) => error);
      void call.then(() => (isOver = true));
      await untilLocked(db);
      expect(isOver).toBe(false);
    };
    await migrate(db, batchId, to, { onStep });
    expect(await call).toMatchObject({ code: 'inventory_mismatch' });
    expect(await assignedEssays(db, batchId)).toEqual([]);
  });

  it('keeps its callers waiting when the migration was killed, and gives up at their deadline', async () => {
    const batchId = await newBatch(db, variant.inventory, 2);
    await engine.assign(requestFor(batchId, 'content'));
    await leaveSwitching(db, batchId, to);
    const impatient = db.engine({ ...optionsOf(variant), timeoutMs: 100 });
    for (const content of ['content', 'another']) {
      await expect(impatient.assign(requestFor(batchId, content))).rejects.toMatchObject({
        code: 'contention_deadline',
        retryable: true,
      });
    }
    expect(await migrate(db, batchId, to)).toMatchObject({ outcome: 'migrated', disagreements: [] });
    expect(await next.assign(requestFor(batchId, 'content'))).toMatchObject({ outcome: 'reused' });
  });

  it('is as it was when a migration that was killed is undone', async () => {
    const batchId = await newBatch(db, variant.inventory, 2);
    await leaveSwitching(db, batchId, to);
    expect(await migrate(db, batchId, variant.inventory)).toMatchObject({ outcome: 'undone' });
    expect(await engine.assign(requestFor(batchId, 'content'))).toMatchObject({ outcome: 'created' });
  });
});

describe.each(VARIANTS)('a claim of $name that began before', (variant) => {
  const engine = db.engine(optionsOf(variant));

  it('is waited for: what it takes is there afterwards', async () => {
    const { inventory } = variant;
    const batchId = await newBatch(db, inventory, 2);
    const [first, second] = [essayId(batchId, 1), essayId(batchId, 2)];
    let isDone = false;
    const { call, migration } = await withForeign(db, async (foreign) => {
      let begun: Promise<unknown> | undefined;
      const beforeMark = async () => {
        // The claim has its snapshot and its slot, and waits for a rival with the same content.
        await assignByHand(foreign, { inventory, essay: second, content: 'content' });
        begun = engine.assign(requestFor(batchId, 'content'));
        await untilLocked(db);
      };
      const under = migrate(db, batchId, otherThan(inventory), { beforeMark });
      void under.finally(() => (isDone = true));
      await until('the batch is marked', async () => (await inventoryOf(db, batchId)) === 'switching');
      await sleep(50);
      expect(isDone).toBe(false);
      await foreign.rollback();
      return { call: begun, migration: under };
    });
    expect(await migration).toMatchObject({ outcome: 'migrated', disagreements: [] });
    expect(await call).toEqual({ outcome: 'created', essayId: first, recovered: false });
    expect(await disagreements(db, batchId)).toEqual([]);
  });
});

describe('a batch whose slots and essays differ is put back, and its rows are named:', () => {
  it('an orphan of legacy, until the content is delivered again', async () => {
    const engine = db.engine();
    const batchId = await newBatch(db, 'slots', 2);
    const essay = essayId(batchId, 1);
    await db.query(
      `update slot_assignments set status = 'assigned', text_storage_id = 'content', original_file_name = 'a', assigned_at = now()
       where internal_essay_id = $1`,
      [essay],
    );
    expect(await migrate(db, batchId, 'essays')).toMatchObject({
      outcome: 'put_back',
      pauseMs: 0,
      disagreements: [{ batch_id: batchId, essay_id: essay, slot_content: 'content', essay_content: null }],
    });
    expect(await inventoryOf(db, batchId)).toBe('slots');
    await engine.assign(requestFor(batchId, 'content'));
    expect(await migrate(db, batchId, 'essays')).toMatchObject({ outcome: 'migrated' });
  });

  it('a slot that failed, which essays cannot say', async () => {
    const batchId = await newBatch(db, 'slots', 2);
    await db.query(`update slot_assignments set status = 'failed' where internal_essay_id = $1`, [
      essayId(batchId, 2),
    ]);
    expect(await migrate(db, batchId, 'essays')).toMatchObject({
      outcome: 'put_back',
      disagreements: [{ essay_id: essayId(batchId, 2), slot_status: 'failed', essay_status: 'uploaded' }],
    });
    expect(await inventoryOf(db, batchId)).toBe('slots');
  });

  it('a slot that has another content than its essay', async () => {
    const batchId = await newBatch(db, 'essays', 2);
    await db
      .engine({ strategy: { kind: 'built-in', name: 'inventory' } })
      .assign(requestFor(batchId, 'content'));
    await db.query(
      `update slot_assignments set status = 'assigned', text_storage_id = 'other' where internal_essay_id = $1`,
      [essayId(batchId, 1)],
    );
    const end = await migrate(db, batchId, 'slots');
    expect(end).toMatchObject({
      outcome: 'put_back',
      disagreements: [{ slot_content: 'other', essay_content: 'content' }],
    });
    expect(await inventoryOf(db, batchId)).toBe('essays');
  });
});

it('makes the slots that essays alone have', async () => {
  const batchId = await newBatch(db, 'essays', 2);
  await db.query('delete from slot_assignments where internal_essay_id = $1', [essayId(batchId, 1)]);
  expect(await migrate(db, batchId, 'slots')).toMatchObject({ outcome: 'migrated', copied: 1 });
  const engine = db.engine({ strategy: { kind: 'built-in', name: 'cte' } });
  for (const content of ['a', 'b']) {
    expect(await engine.assign(requestFor(batchId, content))).toMatchObject({ outcome: 'created' });
  }
});

it('leaves a batch as it is whose slots have no essays', async () => {
  const batchId = await newBatch(db, 'slots', 2);
  await db.query('delete from essay_states where essay_id = $1', [essayId(batchId, 1)]);
  expect(await migrate(db, batchId, 'essays')).toMatchObject({
    ...{ outcome: 'put_back', pauseMs: 0 },
    disagreements: [{ essay_id: essayId(batchId, 1), slot_status: 'available', essay_status: null }],
  });
});

it('two migrations of one batch follow each other', async () => {
  const batchId = await newBatch(db, 'slots', 50);
  const ends = await Promise.all(times(4, () => migrate(db, batchId, 'essays')));
  expect(ends.map(({ outcome }) => outcome).sort()).toEqual(['already', 'already', 'already', 'migrated']);
});

it('an unknown batch is refused', async () => {
  await expect(migrate(db, 'nowhere', 'essays')).rejects.toMatchObject({ code: 'unknown_batch' });
});
