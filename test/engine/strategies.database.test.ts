import { describe, expect, it } from 'vitest';
import { AssignmentError } from '#els/targets/els/engine/errors.js';
import { requestFor, useDatabase } from '../support/database.js';
import { drawn, times } from '../support/draws.js';
import { ASSIGNED_EVENT, assignedEssays, disagreements, eventsOf, rowsOf } from './support/rows.js';
import { essayId, newBatch, optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();

/** What an `assign` that must fail throws. */
async function failureOf(assigning: Promise<unknown>): Promise<AssignmentError> {
  const error: unknown = await assigning.then(
    (result) => new Error(`no error but ${JSON.stringify(result)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof AssignmentError) return error;
  throw error;
}

describe.each(VARIANTS)('$name', (variant) => {
  const { inventory, strategy, advisoryLocks } = variant;
  const engine = db.engine(optionsOf(variant));

  drawn('creates once, then reuses the same essay', async (draw) => {
    const batchId = await newBatch(db, inventory, draw.integer(1, 9));
    const first = await engine.assign(requestFor(batchId, 'content'));
    expect(first).toEqual({ outcome: 'created', essayId: essayId(batchId, 1), recovered: false });
    for (const request of times(draw.integer(1, 5), () => requestFor(batchId, 'content'))) {
      expect(await engine.assign(request)).toEqual({ outcome: 'reused', essayId: essayId(batchId, 1) });
    }
  });

  drawn('gives distinct contents distinct essays, and says no_slot when all are taken', async (draw) => {
    const slots = draw.integer(2, 30);
    const batchId = await newBatch(db, inventory, slots);
    const requests = times(slots, (position) => requestFor(batchId, `content-${position}`));
    const results = await Promise.all(requests.map((request) => engine.assign(request)));
    expect(results.every(({ outcome }) => outcome === 'created')).toBe(true);
    expect(new Set(results.map((result) => 'essayId' in result && result.essayId)).size).toBe(slots);
    expect(await engine.assign(requestFor(batchId, 'one-too-many'))).toEqual({ outcome: 'no_slot' });
    expect(await engine.assign(requestFor(batchId, 'content-0'))).toMatchObject({ outcome: 'reused' });
  });

  it('refuses a batch that is not registered', async () => {
    const request = requestFor(`${db.schema}-nowhere`, 'content');
    const { code, retryable, correlationId } = await failureOf(engine.assign(request));
    expect({ code, retryable, correlationId }).toEqual({
      code: 'unknown_batch',
      retryable: false,
      correlationId: request.correlationId,
    });
  });

  drawn('refuses a batch of the other inventory in the same round trip and writes nothing', async (draw) => {
    const other = inventory === 'slots' ? 'essays' : 'slots';
    const batchId = await newBatch(db, other, draw.integer(1, 9));
    const before = await rowsOf(db, batchId);
    const { roundTrips } = engine.counters;
    const { code, retryable } = await failureOf(engine.assign(requestFor(batchId, 'content')));
    expect({ code, retryable }).toEqual({ code: 'inventory_mismatch', retryable: false });
    const expected = 1 + (strategy === 'legacy' && advisoryLocks ? 2 : 0);
    expect(engine.counters.roundTrips - roundTrips).toBe(expected);
    await engine.settle();
    expect(await rowsOf(db, batchId)).toEqual(before);
  });

  drawn('writes one event for each created, addressed to its essay', async (draw) => {
    const slots = draw.integer(1, 9);
    const batchId = await newBatch(db, inventory, slots);
    const requests = times(slots, (position) => requestFor(batchId, `content-${position}`));
    for (const request of [...requests, ...requests]) await engine.assign(request);
    const expected = requests.map(({ textStorageId, correlationId }, position) => {
      const essay = essayId(batchId, position + 1);
      const event_data = {
        batch_id: batchId,
        essay_id: essay,
        text_storage_id: textStorageId,
        correlation_id: correlationId,
      };
      const addressed = { aggregate_id: essay, aggregate_type: 'essay', event_key: essay };
      return { ...addressed, event_type: ASSIGNED_EVENT, topic: ASSIGNED_EVENT, event_data };
    });
    expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toEqual(expected);
  });

  drawn('writes complete documents', async (draw) => {
    const batchId = await newBatch(db, inventory, draw.integer(1, 9));
    const request = { ...requestFor(batchId, "it's “ours” \\ :x"), fileSizeBytes: draw.integer(0, 2 ** 31) };
    const before = Date.now();
    await engine.assign(request);
    const [essay] = await assignedEssays(db, batchId);
    expect(essay).toMatchObject({
      current_status: 'ready_for_processing',
      text_storage_id: request.textStorageId,
      version: 2,
      processing_metadata: {
        original_file_name: request.originalFileName,
        file_size_bytes: request.fileSizeBytes,
        content_md5_hash: request.contentMd5Hash,
        file_upload_id: request.fileUploadId,
        correlation_id: request.correlationId,
      },
      storage_references: { original_essay: request.textStorageId },
    });
    const readyAt = Date.parse(String(essay?.timeline['ready_for_processing']));
    expect(readyAt).toBeGreaterThanOrEqual(before);
    expect(readyAt).toBeLessThanOrEqual(Date.now());
  });

  drawn('changes nothing for a duplicate', async (draw) => {
    const slots = draw.integer(1, 9);
    const batchId = await newBatch(db, inventory, slots);
    const contents = times(draw.integer(1, slots), (position) => `content-${position}`);
    for (const content of contents) await engine.assign(requestFor(batchId, content));
    await engine.settle();
    const before = await rowsOf(db, batchId);
    const duplicates = [...contents, ...contents].map((content) => ({
      ...requestFor(batchId, content),
      originalFileName: 'another name.txt',
      fileSizeBytes: draw.integer(0, 99),
    }));
    await Promise.all(duplicates.map((request) => engine.assign(request)));
    await engine.settle();
    expect(await rowsOf(db, batchId)).toEqual(before);
  });

  if (inventory === 'slots') {
    drawn('keeps slots and essays in agreement', async (draw) => {
      const slots = draw.integer(2, 20);
      const batchId = await newBatch(db, inventory, slots);
      const requests = times(slots + 3, (position) => requestFor(batchId, `c-${position % (slots - 1)}`));
      await Promise.all(requests.map((request) => engine.assign(request)));
      expect(await assignedEssays(db, batchId)).toHaveLength(slots - 1);
      expect(await disagreements(db, batchId)).toEqual([]);
    });

    drawn('never gives a failed slot', async (draw) => {
      const slots = draw.integer(2, 9);
      const failed = draw.integer(1, slots - 1);
      const batchId = await newBatch(db, inventory, slots);
      const ids = times(failed, (position) => essayId(batchId, position + 1));
      await db.query(`update slot_assignments set status = 'failed' where internal_essay_id = any($1)`, [
        ids,
      ]);
      const requests = times(slots, (position) => requestFor(batchId, `content-${position}`));
      const results = await Promise.all(requests.map((request) => engine.assign(request)));
      expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(slots - failed);
      expect(results.filter(({ outcome }) => outcome === 'no_slot')).toHaveLength(failed);
      const given = results.flatMap((result) => ('essayId' in result ? [result.essayId] : []));
      expect(given.filter((essay) => ids.includes(essay))).toEqual([]);
    });
  } else {
    drawn('neither reads nor writes slot_assignments', async (draw) => {
      const slots = draw.integer(1, 9);
      const batchId = await newBatch(db, inventory, slots);
      const slotRows = () =>
        db.query(
          `select s::text, s.xmin::text from slot_assignments s where internal_essay_id like $1 order by 1`,
          [`${batchId}-%`],
        );
      // Slots that say the opposite of the essays: whoever read them would give none.
      await db.query(`update slot_assignments set status = 'failed' where internal_essay_id like $1`, [
        `${batchId}-%`,
      ]);
      const before = await slotRows();
      const requests = times(slots, (position) => requestFor(batchId, `content-${position}`));
      for (const request of [...requests, ...requests]) await engine.assign(request);
      expect(await assignedEssays(db, batchId)).toHaveLength(slots);
      expect(await slotRows()).toEqual(before);
    });
  }
});
