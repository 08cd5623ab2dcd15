import { describe, expect, it } from 'vitest';
import { requestFor, useDatabase } from '../support/database.js';
import { drawn, times } from '../support/draws.js';
import { untilLocked, withForeign } from './support/hold.js';
import { ASSIGNED_EVENT, assignedEssays, disagreements, eventsOf } from './support/rows.js';
import { essayId, newBatch, optionsOf, VARIANTS } from './support/variants.js';

// Pitfall 3: a process that died between legacy's two transactions left a slot with a content and its essay
// without. Duplicates that arrive together all see it; one may write.

const db = useDatabase();
const onSlots = VARIANTS.filter(({ inventory }) => inventory === 'slots');

describe.each(onSlots)('$name', (variant) => {
  const engine = db.engine(optionsOf(variant));

  drawn('repairs an orphan once, however many duplicates see it', async (draw) => {
    const slots = draw.integer(1, 5);
    const count = draw.integer(2, 8);
    const batchId = await newBatch(db, 'slots', slots);
    const essay = essayId(batchId, 1);
    await db.query(
      `update slot_assignments set status = 'assigned', text_storage_id = 'content' where internal_essay_id = $1`,
      [essay],
    );
    const results = await withForeign(db, async (foreign) => {
      await foreign.query('select 1 from essay_states where essay_id = $1 for update', [essay]);
      const calls = times(count, () => engine.assign(requestFor(batchId, 'content')));
      await untilLocked(db, count);
      await foreign.rollback();
      return Promise.all(calls);
    });
    expect(results.map((result) => 'essayId' in result && result.essayId)).toEqual(times(count, () => essay));

    const [written, ...others] = await assignedEssays(db, batchId);
    expect(others).toEqual([]);
    expect(written).toMatchObject({ essay_id: essay, text_storage_id: 'content', version: 2 });
    const events = await eventsOf(db, batchId, ASSIGNED_EVENT);
    expect(events).toHaveLength(1);
    const writtenBy = written?.processing_metadata['correlation_id'];
    expect(events[0]?.event_data['correlation_id']).toBe(writtenBy);
    expect(await disagreements(db, batchId)).toEqual([]);
  });

  it('does not take an orphan that an earlier call of its own repaired for one that it created', async () => {
    const batchId = await newBatch(db, 'slots', 1);
    const essay = essayId(batchId, 1);
    await db.query(
      `update slot_assignments set status = 'assigned', text_storage_id = 'content' where internal_essay_id = $1`,
      [essay],
    );
    const request = requestFor(batchId, 'content');
    expect(await engine.assign(request)).toEqual({ outcome: 'reused', essayId: essay });
    const again = await engine.assign(request, { redelivered: true });
    expect(again).toEqual({ outcome: 'reused', essayId: essay, replyLost: true });
  });
});

describe('legacy', () => {
  it('says that it may have happened when its second transaction fails: the slot is taken', async () => {
    const impatient = db.engine({ timeoutMs: 300 });
    const batchId = await newBatch(db, 'slots', 1);
    const essay = essayId(batchId, 1);
    const request = requestFor(batchId, 'content');
    await withForeign(db, async (foreign) => {
      await foreign.query('select 1 from essay_states where essay_id = $1 for update', [essay]);
      await expect(impatient.assign(request)).rejects.toMatchObject({
        code: 'contention_deadline',
        details: { ambiguous: true },
      });
    });
    expect(await impatient.assign(request)).toEqual({ outcome: 'reused', essayId: essay });
  });
});
