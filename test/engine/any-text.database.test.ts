import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { batchStatus } from '#els/targets/els/batches/status.js';
import type { AssignmentRequest, AssignmentResult } from '#els/targets/els/engine/assignment.js';
import type { Call } from '#els/domain/call.js';
import { HistoryFile } from '#els/history/history-file.js';
import { readHistory } from '#els/history/read-history.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { drawRun, keep, TOOL } from '../history/sample.js';
import { requestFor, useDatabase } from '../support/database.js';
import fc from '../support/fast-check.js';
import { verifyBatch } from '../support/oracles.js';
import { callOf } from '../verify/histories.js';
import { drawn } from '../support/draws.js';
import { valuesOf } from './support/many.js';
import { assignedEssays, ASSIGNED_EVENT, eventsOf } from './support/rows.js';
import { essayId, optionsOf, VARIANTS } from './support/variants.js';

const db = useDatabase();
const files = useTemporaryFolder();

const MAX_CHARACTERS = 255;

/** What means something to SQL, JSON, COPY, a terminal or a line reader, and what looks like something else. */
const HOSTILE = [
  ...["'", '"', '`', '\\', '\\.', '\\N', '%', '_', '$1', ':batch_id', ';--', '{', '}', ',', '|'],
  ...['\n', '\r', '\t', '\b', '\u001b[2J', '\u0085', '\u2028', '\u2029', '\ufeff', ' '],
  ...[
    '\u202e',
    '\u200f',
    'שלום',
    'مرحبا',
    '\u0301',
    'é',
    'e\u0301',
    'ß',
    'İ',
    '😀',
    '👩‍👩‍👧',
    '\u{10ffff}',
    '\uffff',
  ],
];

const text = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 8 })), {
    maxLength: 40,
  })
  .map((parts) => upTo(MAX_CHARACTERS, parts.join('').replaceAll('\0', '')))
  .filter((joined) => joined.length > 0);

const longest = fc.constantFrom('😀', '\u{10ffff}', "'", '\\', 'ä').map((one) => one.repeat(MAX_CHARACTERS));

/** Ids of one batch: of three contents, and what else a request says. */
const ids = fc.record({
  batch: text,
  contents: fc.uniqueArray(fc.oneof({ arbitrary: text, weight: 4 }, longest), { minLength: 3, maxLength: 3 }),
  detail: fc.oneof(text, longest),
});

function upTo(characters: number, whole: string): string {
  return [...whole].slice(0, characters).join('');
}

let batches = 0;

/** A batch of two slots whose id ends as drawn, as long as an id may be. */
async function register(drawnId: string, inventory: 'slots' | 'essays'): Promise<string> {
  const batchId = upTo(MAX_CHARACTERS, `${++batches} ${drawnId}`);
  await db.register({ batchId, slots: 2, inventory });
  return batchId;
}

function requestWith(batchId: string, content: string, detail: string): AssignmentRequest {
  const details = { originalFileName: detail, contentMd5Hash: detail, fileUploadId: detail };
  return { ...requestFor(batchId, content), ...details, correlationId: detail };
}

function toCalls(requests: readonly AssignmentRequest[], results: readonly AssignmentResult[]): Call[] {
  return requests.map(({ batchId, textStorageId, correlationId }, at) => {
    const result = results[at] ?? { outcome: 'no_slot' };
    const given = 'essayId' in result ? result.essayId : null;
    const ids = { batchId, contentId: textStorageId, callId: correlationId };
    return callOf(at, [at, at + 0.5], { ...ids, outcome: result.outcome, slotId: given });
  });
}

async function roundTrip(batchId: string, calls: readonly Call[]): Promise<Call[]> {
  const path = files.path('any-text.ndjson');
  rmSync(path, { force: true });
  const history = await HistoryFile.create(path, TOOL);
  const drawn = drawRun({ integer: (low) => low, pick: (items) => items[0]!, word: () => '' });
  const batches = [{ batchId, slots: 2 }];
  await keep(history, { ...drawn, header: { ...drawn.header, batches }, calls });
  await history.close();
  const read: Call[] = [];
  for await (const run of readHistory(path)) {
    expect(run.header.batches).toEqual(batches);
    read.push(...run.calls);
  }
  return read;
}

describe.each(VARIANTS)('with ids of any text, $name', (variant) => {
  const engine = db.engine(optionsOf(variant));
  const { inventory, strategy } = variant;

  /** One by one, or all but the last at once. */
  async function assignAll(
    requests: readonly AssignmentRequest[],
    bulk: boolean,
  ): Promise<AssignmentResult[]> {
    if (bulk) {
      const first = valuesOf(await engine.assignMany(requests.slice(0, -1)));
      return [...first, ...valuesOf(await engine.assignMany(requests.slice(-1)))];
    }
    const results: AssignmentResult[] = [];
    for (const request of requests) results.push(await engine.assign(request));
    return results;
  }

  it('assigns, reuses, completes, verifies and keeps them as they are', async () => {
    await fc.assert(
      fc.asyncProperty(ids, fc.boolean(), async ({ batch, contents, detail }, asked) => {
        const bulk = asked && strategy !== 'legacy';
        const batchId = await register(batch, inventory);
        const [first = '', second = '', third = ''] = contents;
        const requests = [first, first, second, third].map((content) =>
          requestWith(batchId, content, detail),
        );
        const results = await assignAll(requests, bulk);
        await engine.settle();
        expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'reused', 'created', 'no_slot']);

        const essays = await assignedEssays(db, batchId);
        expect(essays.map((essay) => essay.essay_id)).toEqual([essayId(batchId, 1), essayId(batchId, 2)]);
        expect(essays.map((essay) => essay.text_storage_id).sort()).toEqual([first, second].sort());
        for (const { processing_metadata: written } of essays) {
          expect(written).toMatchObject({ original_file_name: detail, correlation_id: detail });
        }
        expect(await eventsOf(db, batchId, ASSIGNED_EVENT)).toHaveLength(2);

        const calls = toCalls(requests, results);
        expect(await roundTrip(batchId, calls)).toEqual(calls);
        const { verdict, invariants } = await verifyBatch(db, batchId, 2, calls);
        expect(invariants.filter(({ passed }) => !passed)).toEqual([]);
        expect(verdict).toBe('valid');
        const client = await db.pool.connect();
        const status = await batchStatus(client, batchId);
        client.release();
        expect(status).toMatchObject({
          batchId,
          ready: 2,
          available: 0,
          completedAt: expect.any(Date) as Date,
        });
      }),
      { numRuns: 6 },
    );
  });
});

describe('a text that PostgreSQL cannot hold, or that is too long', () => {
  const FIELDS = [
    ...(['batchId', 'textStorageId', 'correlationId'] as const),
    ...(['originalFileName', 'contentMd5Hash', 'fileUploadId'] as const),
  ];
  const UNFIT = ['a\0', '\0', '\ud83d', 'a\ude00b', '\ude00\ud83d', '😀'.repeat(MAX_CHARACTERS + 1)];

  drawn('is refused with the name of its field, by every way in', async (draw) => {
    const engine = db.engine({ strategy: { kind: 'built-in', name: 'cte' } });
    const batchId = await register('refusals', 'slots');
    for (const field of FIELDS) {
      const unfit = draw.pick(UNFIT);
      const request = { ...requestFor(batchId, 'content'), [field]: unfit };
      const refusal = {
        name: 'AssignmentError',
        code: 'invalid_request',
        message: expect.stringContaining(field) as string,
      };
      await expect(engine.assign(request)).rejects.toMatchObject(refusal);
      expect(await engine.assignMany([request])).toMatchObject([{ status: 'rejected', reason: refusal }]);
    }
    expect(await assignedEssays(db, batchId)).toEqual([]);
  });
});
