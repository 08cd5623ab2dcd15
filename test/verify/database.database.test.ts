import { describe, expect } from 'vitest';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import type { Call } from '#els/domain/call.js';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import type { InvariantResult } from '#els/domain/run-result.js';
import { runAudits } from '#els/targets/els/audits.js';
import { readStored } from '#els/targets/els/host.js';
import { verifyRun } from '#els/verify/verify-run.js';
import { drawn, times } from '../support/draws.js';
import { newBatch } from '../engine/support/variants.js';
import { requestFor, useDatabase } from '../support/database.js';
import { corruptions, firstEssay } from './corruptions.js';

const db = useDatabase();
const cte = db.engine({ strategy: { kind: 'built-in', name: 'cte' } });
const inventory = db.engine({ strategy: { kind: 'built-in', name: 'inventory' } });

interface ValidRun {
  readonly batchId: string;
  readonly calls: readonly Call[];
  readonly slots: number;
}

/** A batch that was filled, with the history of its calls; `left` slots stay free. */
async function validRun(
  kind: Inventory,
  { slots, left }: { slots: number; left: number },
): Promise<ValidRun> {
  const engine = kind === 'slots' ? cte : inventory;
  const batchId = await newBatch(db, kind, slots);
  const calls: Call[] = [];
  for (const position of times(2 * (slots - left), (each) => each % (slots - left))) {
    const request = requestFor(batchId, `content-${position}-${batchId}`);
    const startMicros = performance.now() * 1_000;
    const result = await engine.assign(request);
    calls.push({
      ...{ worker: 0, batchId, contentId: request.textStorageId, callId: request.correlationId },
      ...{ intendedMicros: startMicros, startMicros, endMicros: performance.now() * 1_000 },
      ...{ outcome: result.outcome, slotId: 'essayId' in result ? result.essayId : null },
      ...{ recovered: false, replyLost: false, mayHaveHappened: false, errorCode: null, sqlState: null },
    });
  }
  await engine.settle();
  return { batchId, calls, slots };
}

/** The invariants that the two oracles find violated. */
async function violations({ batchId, calls, slots }: ValidRun): Promise<InvariantResult[]> {
  const client = await db.pool.connect();
  try {
    const run = {
      ...{ batchIds: [batchId], slotsOf: () => slots, calls, startMicros: 0, faults: [] },
      ...{ terms: BUILT_IN_TERMS, incomplete: [], durable: true },
    };
    const { invariants } = verifyRun(run, await readStored(client, run.batchIds, { rightAfterRun: true }));
    return invariants.filter(({ passed }) => !passed);
  } finally {
    client.release();
  }
}

describe.each(['slots', 'essays'] as const)('a run on %s', (kind) => {
  drawn('that is valid violates nothing', async (draw) => {
    const slots = draw.integer(2, 9);
    expect(await violations(await validRun(kind, { slots, left: 0 }))).toEqual([]);
    expect(await violations(await validRun(kind, { slots, left: 1 }))).toEqual([]);
  });

  drawn('that stored what nobody was told violates stored-was-asked-for', async (draw) => {
    const run = await validRun(kind, { slots: draw.integer(2, 9), left: 1 });
    const untold = requestFor(run.batchId, `untold-${run.batchId}`);
    const engine = kind === 'slots' ? cte : inventory;
    await engine.assign(untold);
    await engine.settle();
    const found = await violations(run);
    expect(found.map(({ name }) => name)).toEqual(['stored-was-asked-for']);
    expect(JSON.stringify(found[0]?.witnesses)).toContain(untold.textStorageId);
  });
});

/** Whoever spoils a row by hand writes it in a transaction of his own. */
const REWRITTEN = 'event-in-the-same-transaction';

describe('finds that', () => {
  for (const { what, inventory: kind = 'slots', sql, reported, left = 0 } of corruptions) {
    drawn(what, async (draw) => {
      const run = await validRun(kind, { slots: draw.integer(2, 9), left });
      const other = await validRun(kind, { slots: 2, left: 0 });
      const { rowCount } = await db.pool.query(sql, [run.batchId]);
      expect(rowCount).toBe(1);
      const found = (await violations(run)).filter(
        ({ name }) => reported.includes(name) || name !== REWRITTEN,
      );
      expect(found.map(({ name }) => name).sort()).toEqual([...reported].sort());
      for (const { name, witnesses } of found) {
        expect(JSON.stringify(witnesses)).toContain(run.batchId);
        // What callers were told is held against rows, not against a field of theirs.
        if (name === 'acknowledged-is-stored') continue;
        for (const { field, found: value, expected } of witnesses) {
          expect(field, name).toMatch(/[a-z_]+\.[a-z_]+|rows of [a-z_]+/);
          expect(value, name).not.toEqual(expected);
        }
      }
      expect(await violations(other)).toEqual([]);
    });
  }

  drawn('a content has two slots, where the unique indexes are gone', async (draw) => {
    const run = await validRun('slots', { slots: draw.integer(2, 9), left: 0 });
    const client = await db.pool.connect();
    try {
      await client.query('begin');
      await client.query('drop index essay_states_content, slot_assignments_content');
      await client.query(
        `update essay_states set text_storage_id = (select text_storage_id from essay_states
           where essay_id = ${firstEssay}) where batch_id = $1`,
        [run.batchId],
      );
      const audits = await runAudits(client, [run.batchId], { rightAfterRun: true });
      expect(audits.find(({ name }) => name === 'content-in-one-slot')?.rows).toEqual([
        expect.objectContaining({
          ...{ batchId: run.batchId, field: 'rows of essay_states with this text_storage_id' },
          ...{ found: run.slots, expected: 1 },
        }),
      ]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
