import type { ClientBase } from 'pg';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import { CompletionChecks } from '#els/targets/els/engine/completion-checks.js';
import { createStrategy } from '#els/targets/els/engine/create-strategy.js';
import { requestLook, type EngineParts } from '#els/targets/els/engine/engine-parts.js';
import { LowWaterMarks } from '#els/targets/els/engine/low-water.js';
import { WorkerFleet } from '#els/runner/fleet.js';
import { runLoad } from '#els/runner/run-load.js';
import { warmUpSlots } from '#els/runner/warm-up.js';
import { planWorkload } from '#els/workload/plan.js';
import { askOracles } from '../support/oracles.js';
import { requestFor, useDatabase } from '../support/database.js';
import { assignByHand, lockEssay, until, withForeign } from './support/hold.js';
import { assignedEssays } from './support/rows.js';
import { essayId, newBatch, optionsOf, VARIANTS, targetOf, type Variant } from './support/variants.js';
import { longUnless } from '../support/long.js';
import { scenarioOf } from '../support/scenario.js';

const db = useDatabase();
const fleet = new WorkerFleet();
afterAll(() => fleet.close());

const WITH_MARKS = VARIANTS.filter(({ strategy }) => strategy !== 'legacy');
const SLOTS = 400;
const HELD = 15;
const SHAPE = { workers: 3, connections: 8 };

async function keptMark(batchId: string): Promise<string> {
  const [row] = await db.query<{ low_water: string }>(
    'select low_water from batch_essay_trackers where batch_id = $1',
    [batchId],
  );
  return row?.low_water ?? 'no such batch';
}

async function register({ inventory, strategy }: Variant, runId: string, slots: number): Promise<void> {
  await db.register({ batchId: runId, slots, inventory });
  await db.query('update run_batches set run_id = $1, strategy = $2 where batch_id = $1', [runId, strategy]);
}

/** Three processes fill one batch while a foreign transaction holds its first slots, which it rolls back at the end. */
async function fillAroundHeldSlots(variant: Variant, bulk: number) {
  const plan = planWorkload(
    scenarioOf({ slots: SLOTS, contents: SLOTS, ...SHAPE, bulk }),
    `held-${variant.name.replaceAll(' ', '-')}-${bulk}`,
    1,
  );
  const batchId = plan.batchIds[0] ?? '';
  const warmUpBatchId = `${plan.runId}-warm-up`;
  await register(variant, batchId, SLOTS);
  await register(variant, warmUpBatchId, warmUpSlots(SHAPE.workers, SHAPE.connections));
  const recording = await withForeign(db, async (foreign) => {
    for (let held = 1; held <= HELD; held++)
      await lockEssay(foreign, variant.inventory, essayId(batchId, held));
    const load = runLoad(
      fleet,
      {
        ...{ plan, spec: targetOf(variant).spec, forms: [variant.inventory], schema: db.schema },
        ...{ places: 'named', refs: new Map() },
        warmUpBatches: [{ batchId: warmUpBatchId, form: variant.inventory }],
        address: withConnectionString('--database-url', db.url),
        ...{ timeoutMs: 20_000, prepare: true, applicationName: plan.runId },
      },
      { beforeRelease: () => Promise.resolve() },
      new AbortController().signal,
    );
    await until('all other slots are taken', async () => {
      return (await assignedEssays(db, batchId)).length === SLOTS - HELD;
    });
    await foreign.rollback();
    return load;
  });
  return { plan, recording };
}

describe.each(WITH_MARKS)('$name', (variant) => {
  for (const bulk of [1, 20]) {
    const title = `processes whose marks have passed a slot find it when it is rolled back, ${bulk} contents a call`;
    it(title, { timeout: 60_000, ...longUnless(!variant.advisoryLocks || bulk === 1) }, async () => {
      const { plan, recording } = await fillAroundHeldSlots(variant, bulk);
      const outcomes = new Set(recording.calls.map(({ outcome }) => outcome));
      expect(outcomes).toEqual(new Set(['created']));
      expect(recording.counters.retriesByCode['contended']).toBeGreaterThan(0);
      const { verdict, invariants } = await askOracles(db, plan, recording.calls);
      expect(invariants.filter(({ passed }) => !passed)).toEqual([]);
      expect(verdict).toBe('valid');
    });
  }

  it('a claim starts behind the last one, and a slot freed before it is taken last', async () => {
    const engine = db.engine(optionsOf(variant));
    const batchId = await newBatch(db, variant.inventory, 4);
    const claim = (content: string) => engine.assign(requestFor(batchId, content));
    await withForeign(db, async (foreign) => {
      await assignByHand(foreign, { ...variant, essay: essayId(batchId, 1), content: 'rolled back' });
      expect(await claim('a')).toMatchObject({ essayId: essayId(batchId, 2) });
      await foreign.rollback();
    });
    expect(await claim('b')).toMatchObject({ essayId: essayId(batchId, 3) });
    expect(await claim('c')).toMatchObject({ essayId: essayId(batchId, 4) });
    expect(await claim('d')).toMatchObject({ outcome: 'created', essayId: essayId(batchId, 1) });
    expect(await claim('e')).toEqual({ outcome: 'no_slot' });
  });

  it('a call whose time is over looks everywhere all the same', async () => {
    const engine = db.engine({ ...optionsOf(variant), timeoutMs: 0 });
    const batchId = await newBatch(db, variant.inventory, 3);
    const claim = (content: string) => engine.assign(requestFor(batchId, content));
    await withForeign(db, async (foreign) => {
      await lockEssay(foreign, variant.inventory, essayId(batchId, 1));
      await claim('a');
      await claim('b');
    });
    expect(await claim('c')).toMatchObject({ outcome: 'created', essayId: essayId(batchId, 1) });
  });

  const ofOneVariant = longUnless(variant === WITH_MARKS[0]);

  it(
    'a new process starts at the mark that another one left, and finds what is free before it',
    ofOneVariant,
    async () => {
      const batchId = await newBatch(db, variant.inventory, 600);
      const first = db.engine(optionsOf(variant), 4);
      const contents = Array.from({ length: 520 }, (_, index) => `c${index}`);
      await withForeign(db, async (foreign) => {
        await lockEssay(foreign, variant.inventory, essayId(batchId, 1));
        for (const content of contents) await first.assign(requestFor(batchId, content));
      });
      await first.settle();
      const mark = await keptMark(batchId);
      expect(mark >= essayId(batchId, 513) && mark <= essayId(batchId, 521), mark).toBe(true);
      const second = db.engine(optionsOf(variant), 4);
      const claimed: string[] = [];
      for (let call = 0; call < 80; call++) {
        const result = await second.assign(requestFor(batchId, `d${call}`));
        if (result.outcome === 'created') claimed.push(result.essayId);
      }
      expect(claimed[0]).toBe(essayId(batchId, 522));
      expect(claimed.at(-1)).toBe(essayId(batchId, 1));
      expect(new Set(claimed).size).toBe(80);
    },
  );

  it('a process that starts at a kept mark and finds nothing behind it looks before it at once', async () => {
    const batchId = await newBatch(db, variant.inventory, 3);
    const first = db.engine(optionsOf(variant), 1);
    await withForeign(db, async (foreign) => {
      for (const held of [1, 2]) await lockEssay(foreign, variant.inventory, essayId(batchId, held));
      await first.assign(requestFor(batchId, 'a'));
    });
    await db.query('update batch_essay_trackers set low_water = $2 where batch_id = $1', [
      batchId,
      essayId(batchId, 3),
    ]);
    const second = db.engine(optionsOf(variant), 1);
    await withForeign(db, async (foreign) => {
      await lockEssay(foreign, variant.inventory, essayId(batchId, 1));
      expect(await second.assign(requestFor(batchId, 'b'))).toMatchObject({ essayId: essayId(batchId, 2) });
    });
    expect(second.counters.roundTrips).toBe(2);
  });
});

describe('LowWaterMarks', () => {
  it('move forward only, in the order of bytes', () => {
    const marks = new LowWaterMarks();
    expect(marks.of('b')).toBe('');
    marks.claimed('b', 'e2');
    marks.claimed('b', 'e1');
    expect(marks.of('b')).toBe('e2');
    // In UTF-16 the first sorts behind the second.
    marks.claimed('b', 'e\uffee');
    marks.claimed('b', 'e\u{10400}');
    expect(marks.of('b')).toBe('e\u{10400}');
  });

  it('are kept by a look that no later claim takes over', async () => {
    const marks = new LowWaterMarks();
    const nobody = () => Promise.reject(new Error('nobody looks'));
    const checks = new CompletionChecks({ together: nobody, waiting: nobody });
    const request = vi.spyOn(checks, 'request').mockReturnValue();
    const strategy = createStrategy({ kind: 'built-in', name: 'inventory' }, false);
    const parts = { checks, marks } as unknown as EngineParts;
    const made = { batchId: 'b', strategy, lowWater: '' };
    const takesOver: unknown[] = [];
    for (const claims of [511, 1]) {
      for (let claim = 0; claim < claims; claim++) marks.claimed('b', 'e');
      await requestLook(parts, {} as ClientBase, { trace: undefined }, made, { sentAtMs: 0, created: true });
      takesOver.push(request.mock.lastCall?.[2]);
    }
    expect(takesOver).toEqual([true, false]);
  });

  it('are to be kept after every 512 claims', () => {
    const marks = new LowWaterMarks();
    for (let claim = 1; claim < 512; claim++) marks.claimed('b', `e${String(claim).padStart(4, '0')}`);
    expect(marks.toKeep('b')).toBe('');
    marks.claimed('b', 'e0512');
    expect(marks.toKeep('b')).toBe('e0512');
    // A look that failed kept nothing.
    expect(marks.toKeep('b')).toBe('e0512');
    marks.kept('b');
    expect(marks.toKeep('b')).toBe('');
    expect(marks.toKeep('other')).toBe('');
  });
});
