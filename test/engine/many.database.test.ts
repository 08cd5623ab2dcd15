import { describe, expect, it } from 'vitest';
import type { AssignmentRequest } from '#els/targets/els/engine/assignment.js';
import { requestFor, useDatabase } from '../support/database.js';
import { custom, sqlFile } from './support/custom.js';
import { drawn, times } from '../support/draws.js';
import { BULK_VARIANTS, endsOf, tally, valuesOf } from './support/many.js';
import {
  ASSIGNED_EVENT,
  assignedEssays,
  COMPLETED_EVENT,
  disagreements,
  eventsOf,
  rowsOf,
} from './support/rows.js';
import { essayId, newBatch, optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();

function requestsFor(batchId: string, count: number, name = 'content'): AssignmentRequest[] {
  return times(count, (position) => requestFor(batchId, `${name}-${position}`));
}

describe.each(BULK_VARIANTS)('$name', (variant) => {
  const { inventory } = variant;
  const engine = db.engine(optionsOf(variant));
  const another = db.engine(optionsOf(variant));

  drawn(
    'gives each content a slot of its own in one round trip, in the order of the requests',
    async (draw) => {
      const slots = draw.integer(1, 120);
      const contents = draw.integer(1, slots);
      const batchId = await newBatch(db, inventory, slots);
      const requests = requestsFor(batchId, contents);
      const { roundTrips } = engine.counters;
      const results = valuesOf(await engine.assignMany(requests));
      expect(engine.counters.roundTrips - roundTrips).toBe(1);
      expect(results.every((result) => result.outcome === 'created' && !result.recovered)).toBe(true);
      const stored = new Map((await assignedEssays(db, batchId)).map((each) => [each.text_storage_id, each]));
      expect(stored.size).toBe(contents);
      for (const [position, { textStorageId }] of requests.entries()) {
        expect(results[position]).toMatchObject({ essayId: stored.get(textStorageId)?.essay_id });
      }
      const first = times(contents, (position) => essayId(batchId, position + 1));
      expect([...stored.values()].map((each) => each.essay_id)).toEqual(first);
    },
  );

  drawn('writes what single calls write', async (draw) => {
    const contents = draw.integer(1, 9);
    const [bulk, single] = [await newBatch(db, inventory, contents), await newBatch(db, inventory, contents)];
    const odd = `it's “ours” \\ :x "${draw.integer(0, 9)}"`;
    const requests = requestsFor(bulk, contents, odd).sort((a, b) =>
      a.textStorageId < b.textStorageId ? -1 : 1,
    );
    await engine.assignMany(requests);
    for (const request of requests) await engine.assign({ ...request, batchId: single });
    await engine.settle();
    const written = async (batchId: string) => {
      const rows = [...(await rowsOf(db, batchId)), ...(await eventsOf(db, batchId, ASSIGNED_EVENT))];
      const text = JSON.stringify(rows).replaceAll(batchId, 'batch');
      // Times, and ids that are generated.
      return text
        .replace(/\d{4}-\d\d-\d\d[ T][\d:.]+(Z|\+\d\d)?/g, 'time')
        .replace(/"(tracker|slot|event) \(\d+,(\d+,)?/g, '"$1 (id,');
    };
    expect((await written(bulk)).split(',').sort()).toEqual((await written(single)).split(',').sort());
    const [first] = await assignedEssays(db, bulk);
    expect(first).toMatchObject({
      current_status: 'ready_for_processing',
      version: 2,
      processing_metadata: { correlation_id: requests[0]?.correlationId, file_size_bytes: 1_024 },
      storage_references: { original_essay: requests[0]?.textStorageId },
    });
    expect(Date.parse(String(first?.timeline['ready_for_processing']))).toBeGreaterThan(0);
  });

  drawn(
    'gives what is left when there are more contents than slots, and completes the batch once',
    async (draw) => {
      const slots = draw.integer(1, 20);
      const contents = slots + draw.integer(1, 20);
      const batchId = await newBatch(db, inventory, slots);
      const { roundTrips } = engine.counters;
      const results = await engine.assignMany(requestsFor(batchId, contents));
      expect(tally(results)).toEqual({ created: slots, no_slot: contents - slots });
      expect(engine.counters.roundTrips - roundTrips).toBe(1);
      const again = await another.assignMany(requestsFor(batchId, contents));
      expect(tally(again)).toEqual({ reused: slots, no_slot: contents - slots });
      await engine.settle();
      await another.settle();
      expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(slots);
      expect(await eventsOf(db, batchId, COMPLETED_EVENT)).toHaveLength(1);
      if (inventory === 'slots') expect(await disagreements(db, batchId)).toEqual([]);
    },
  );

  drawn(
    'creates by the first of several deliveries of a content, and reuses for the others',
    async (draw) => {
      const contents = draw.integer(1, 6);
      const batchId = await newBatch(db, inventory, contents + draw.integer(0, 3));
      const requests = [1, 2, 3].flatMap(() => requestsFor(batchId, contents));
      const results = valuesOf(await engine.assignMany(requests));
      expect(results.map(({ outcome }) => outcome)).toEqual([
        ...times(contents, () => 'created'),
        ...times(2 * contents, () => 'reused'),
      ]);
      const essays = results.map((result) => 'essayId' in result && result.essayId);
      expect(essays).toEqual([1, 2, 3].flatMap(() => essays.slice(0, contents)));
      const creators = (await assignedEssays(db, batchId)).map(
        (each) => each.processing_metadata['correlation_id'],
      );
      expect(creators.sort()).toEqual(
        requests
          .slice(0, contents)
          .map((each) => each.correlationId)
          .sort(),
      );
      expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(contents);
    },
  );

  drawn('changes nothing for contents that have their slots', async (draw) => {
    const slots = draw.integer(1, 9);
    const batchId = await newBatch(db, inventory, slots);
    const created = valuesOf(await engine.assignMany(requestsFor(batchId, slots)));
    await engine.settle();
    const before = await rowsOf(db, batchId);
    const results = valuesOf(await another.assignMany(requestsFor(batchId, slots)));
    await another.settle();
    expect(results).toEqual(
      created.map((result) => ({ outcome: 'reused', essayId: 'essayId' in result && result.essayId })),
    );
    expect(await rowsOf(db, batchId)).toEqual(before);
  });

  drawn('serves every batch and refuses the bad ones, each request for itself', async (draw) => {
    const small = await newBatch(db, inventory, 1);
    const large = await newBatch(db, inventory, draw.integer(2, 9));
    const other = await newBatch(db, inventory === 'slots' ? 'essays' : 'slots', 3);
    const nowhere = `${db.schema}-nowhere`;
    const before = await rowsOf(db, other);
    const requests = [
      requestFor(nowhere, 'a'),
      requestFor(large, 'a'),
      requestFor(small, 'a'),
      { ...requestFor(large, 'c'), fileSizeBytes: -1 },
      requestFor(other, 'a'),
      requestFor(large, 'b'),
      requestFor(small, 'b'),
      requestFor(other, 'b'),
      requestFor(large, 'lone \ud800 surrogate'),
    ];
    const results = await engine.assignMany(requests);
    expect(endsOf(results)).toEqual([
      ...[
        'unknown_batch',
        'created',
        'created',
        'invalid_request',
        'inventory_mismatch',
        'created',
        'no_slot',
      ],
      ...['inventory_mismatch', 'invalid_request'],
    ]);
    for (const [position, result] of results.entries()) {
      if (result.status === 'fulfilled') continue;
      const { correlationId } = requests[position] ?? {};
      expect(result.reason).toMatchObject({ name: 'AssignmentError', retryable: false, correlationId });
    }
    await engine.settle();
    expect(await rowsOf(db, other)).toEqual(before);
    expect(await assignedEssays(db, large)).toHaveLength(2);
  });

  it('does nothing for no request', async () => {
    const { roundTrips } = engine.counters;
    expect(await engine.assignMany([])).toEqual([]);
    expect(engine.counters.roundTrips).toBe(roundTrips);
  });
});

it.each([
  ...VARIANTS.filter(({ strategy }) => strategy === 'legacy').map((variant) => optionsOf(variant)),
  { strategy: custom(sqlFile('strategies/cte.sql')) },
])('refuses %j before anything is sent', async (options) => {
  const engine = db.engine(options);
  const batchId = await newBatch(db, 'slots', 2);
  await expect(engine.assignMany(requestsFor(batchId, 2))).rejects.toMatchObject({
    name: 'UsageError',
    code: 'bulk_unsupported',
  });
  expect(engine.counters.roundTrips).toBe(0);
});
